import { createRoot } from 'react-dom/client';
import { queryClient } from '@/shared/api/query';
import { sessionQuery } from '@/shared/api/session';
import { initI18n } from '@/shared/i18n';
import { App } from './App';
import { fetchEarly } from './pages';
import './styles/index.css';

/** How long the first picture may wait for its page, in ms, before there is a placeholder. */
const patience = 200;

// The page's code, who is there and the words come side by side.
const page = fetchEarly(window.location);
void queryClient.prefetchQuery(sessionQuery);
await initI18n();
await Promise.race([page, new Promise((resolve) => setTimeout(resolve, patience))]);

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
createRoot(document.getElementById('root') as HTMLElement).render(<App nonce={nonce} />);
