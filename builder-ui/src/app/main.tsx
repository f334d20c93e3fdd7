import { createRoot } from 'react-dom/client';
import { initI18n } from '@/shared/i18n';
import { App } from './App';
import './styles/index.css';

await initI18n();

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
createRoot(document.getElementById('root') as HTMLElement).render(<App nonce={nonce} />);
