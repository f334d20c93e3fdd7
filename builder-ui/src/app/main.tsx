import { createRoot } from 'react-dom/client';
import { queryClient } from '@/shared/api/query';
import { sessionQuery } from '@/shared/api/session';
import { initI18n } from '@/shared/i18n';
import { App } from './App';
import { fetchEarly } from './pages';
import './styles/index.css';

// The page's code, who is there and the words come side by side.
fetchEarly(window.location);
void queryClient.prefetchQuery(sessionQuery);
await initI18n();

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
createRoot(document.getElementById('root') as HTMLElement).render(<App nonce={nonce} />);
