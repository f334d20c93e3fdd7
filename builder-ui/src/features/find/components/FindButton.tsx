import { SearchOutlined } from '@ant-design/icons';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lazy } from '@/shared/lib/lazy';
import { IconButton } from '@/shared/ui/IconButton';

const FindDialog = lazy(() => import('./FindDialog'));

/** Opens the search over everything, as Ctrl K does from anywhere; it loads when it is first asked for. */
export function FindButton() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  const show = () => {
    setUsed(true);
    setOpen(true);
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
      event.preventDefault();
      setUsed(true);
      setOpen(true);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <IconButton
        type="text"
        icon={<SearchOutlined />}
        label={t('nav.find')}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={show}
      />
      {used && (
        <Suspense fallback={null}>
          <FindDialog open={open} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
