import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useLocation } from 'react-router';
import { useSession, useSetup, useSignIn } from '@/shared/api/session';
import { setLanguage } from '@/shared/i18n';
import { lazy } from '@/shared/lib/lazy';
import { ErrorState, PageSkeleton } from '@/shared/ui/states';

const EnrolPage = lazy(() => import('@/features/session/components/EnrolPage'));

/** Lets people in: to setup on a fresh server, straight in on a demo, else to the sign-in page. */
export function Gate({ children }: { children: ReactNode }) {
  const setup = useSetup();
  const session = useSession();
  const signIn = useSignIn();
  const location = useLocation();
  const tried = useRef(false);
  const { i18n } = useTranslation();

  const demoUser = setup.data?.demo?.users[0];
  const enterDemo = session.data === null && demoUser !== undefined && !setup.data?.needed && !leftDemo();
  const { mutate } = signIn;
  useEffect(() => {
    if (!enterDemo || tried.current) return;
    tried.current = true;
    mutate({ email: demoUser.email, demo: true });
  }, [enterDemo, demoUser, mutate]);

  // A question that was asked again in vain takes nobody out of what they are doing.
  const failed = (!setup.data && setup.error) || (session.data === undefined && session.error);
  if (failed) {
    const retry = () => {
      setup.refetch();
      session.refetch();
    };
    return (
      <main className="full-page">
        <ErrorState error={failed} onRetry={retry} level={1} />
      </main>
    );
  }
  if (session.data)
    return (
      <LanguageFrom language={demoUser ? i18n.language : session.data.user.language} current={i18n.language}>
        {session.data.mustEnrol ? <EnrolPage /> : children}
      </LanguageFrom>
    );
  if (setup.isPending || session.isPending || (enterDemo && !signIn.isError)) return <PageSkeleton />;
  if (setup.data?.needed) return <Navigate to={{ pathname: '/setup', hash: location.hash }} replace />;
  return <Navigate to="/login" replace state={{ from: location.pathname + location.search }} />;
}

/** A browser that has chosen a language keeps it; a new one takes the user's (of a demo, whose users are made up, its own). */
function LanguageFrom({
  language,
  current,
  children,
}: {
  language: string;
  current: string;
  children: ReactNode;
}) {
  useEffect(() => {
    if (language === current || (language !== 'en' && language !== 'zh-CN')) return;
    try {
      if (localStorage.getItem('dueflow.language')) return;
    } catch {
      return;
    }
    setLanguage(language);
  }, [language, current]);
  return children;
}

/** After signing out of a demo the visitor stays out until they choose an account. */
function leftDemo(): boolean {
  try {
    return sessionStorage.getItem('dueflow.left') === '1';
  } catch {
    return false;
  }
}

export function SignedOutOnly({ children }: { children: ReactNode }) {
  const session = useSession();
  const location = useLocation();
  const from = (location.state as { from?: string } | null)?.from;
  if (session.isPending) return <PageSkeleton />;
  if (session.data) return <Navigate to={from ?? '/today'} replace />;
  return children;
}
