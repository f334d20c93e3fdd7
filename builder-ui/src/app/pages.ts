import { tabs as flowTabs } from '@/features/flows/tabs';
import { getEarly } from '@/shared/api/client';
import { ahead } from '@/shared/lib/lazy';

/** Every page's code, fetched when it is first wanted. */
export const pages = {
  login: () => import('@/features/session/components/LoginPage'),
  setup: () => import('@/features/session/components/SetupPage'),
  join: () => import('@/features/session/components/JoinPage'),
  reset: () => import('@/features/session/components/ResetPage'),
  me: () => import('@/features/session/components/MePage'),
  today: () => import('@/features/today/components/TodayPage'),
  board: () => import('@/features/board/components/BoardPage'),
  customers: () => import('@/features/customers/components/CustomersPage'),
  customer: () => import('@/features/customers/components/CustomerPage'),
  invoices: () => import('@/features/invoices/components/InvoicesPage'),
  ageing: () => import('@/features/ageing/components/AgeingPage'),
  payments: () => import('@/features/payments/components/PaymentsPage'),
  runs: () => import('@/features/runs/components/RunsPage'),
  flows: () => import('@/features/flows/components/FlowsPage'),
  flow: () => import('@/features/flows/components/FlowPage'),
  run: () => import('@/features/flows/components/RunPage'),
  inbox: () => import('@/features/inbox/components/InboxPage'),
  import: () => import('@/features/imports/components/ImportPage'),
  settings: () => import('@/features/settings/components/SettingsPage'),
  forms: () => import('@/features/forms/components/FormsPage'),
  form: () => import('@/features/forms/components/DesignerPage'),
  records: () => import('@/features/forms/components/RecordsPage'),
  messages: () => import('@/features/messages/components/MessagesPage'),
  message: () => import('@/features/messages/components/TemplatePage'),
  market: () => import('@/features/market/components/MarketPage'),
  pack: () => import('@/features/market/components/PackPage'),
  review: () => import('@/features/review/components/ReviewPage'),
  letters: () => import('@/features/letters/components/LettersPage'),
  bin: () => import('@/features/bin/components/BinPage'),
  notFound: () => import('./NotFoundPage'),
};

/** Pages of one record, by the first part of the address of their list. */
const single: Record<string, keyof typeof pages> = {
  customers: 'customer',
  flows: 'flow',
  forms: 'form',
  messages: 'message',
  market: 'pack',
};

/** What the shipped board asks for first; see the board's own api. */
function askForBoard() {
  getEarly('/boards');
  getEarly('/boards/collection/cards', { limit: 30 });
}

/**
 * Fetches the page that an address will show, while the session and the language are still on their way; done when its
 * code is there.
 */
export async function fetchEarly({ pathname, search }: { pathname: string; search: string }): Promise<void> {
  const [first = '', second, third = 'designer'] = pathname.split('/').filter(Boolean);
  const page = (second && single[first]) || first || 'today';
  const code = [];
  if (Object.hasOwn(pages, page)) code.push(ahead(pages[page as keyof typeof pages]));
  if (page === 'flow' && Object.hasOwn(flowTabs, third))
    code.push(ahead(flowTabs[third as keyof typeof flowTabs]));
  if (page === 'board' && !second && !search) askForBoard();
  // Whatever goes wrong here goes wrong again, and is told, when the page is shown.
  await Promise.allSettled(code);
}
