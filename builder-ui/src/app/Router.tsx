import { Suspense } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { lazy } from '@/shared/lib/lazy';
import { PageSkeleton } from '@/shared/ui/states';
import { Gate, SignedOutOnly } from './Gate';
import { pages } from './pages';
import { Shell } from './Shell';

const LoginPage = lazy(pages.login);
const SetupPage = lazy(pages.setup);
const JoinPage = lazy(pages.join);
const ResetPage = lazy(pages.reset);
const MePage = lazy(pages.me);
const TodayPage = lazy(pages.today);
const BoardPage = lazy(pages.board);
const CustomersPage = lazy(pages.customers);
const CustomerPage = lazy(pages.customer);
const InvoicesPage = lazy(pages.invoices);
const AgeingPage = lazy(pages.ageing);
const PaymentsPage = lazy(pages.payments);
const RunsPage = lazy(pages.runs);
const FlowsPage = lazy(pages.flows);
const FlowPage = lazy(pages.flow);
const RunPage = lazy(pages.run);
const InboxPage = lazy(pages.inbox);
const ImportPage = lazy(pages.import);
const SettingsPage = lazy(pages.settings);
const FormsPage = lazy(pages.forms);
const DesignerPage = lazy(pages.form);
const RecordsPage = lazy(pages.records);
const MessagesPage = lazy(pages.messages);
const TemplatePage = lazy(pages.message);
const MarketPage = lazy(pages.market);
const PackPage = lazy(pages.pack);
const ReviewPage = lazy(pages.review);
const LettersPage = lazy(pages.letters);
const BinPage = lazy(pages.bin);
const NotFoundPage = lazy(pages.notFound);

export function Router() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Routes>
        <Route
          path="/login"
          element={
            <SignedOutOnly>
              <LoginPage />
            </SignedOutOnly>
          }
        />
        <Route path="/setup" element={<SetupPage />} />
        <Route path="/join" element={<JoinPage />} />
        <Route path="/reset" element={<ResetPage />} />
        <Route
          element={
            <Gate>
              <Shell />
            </Gate>
          }
        >
          <Route index element={<Navigate to="/today" replace />} />
          <Route path="today" element={<TodayPage />} />
          <Route path="board" element={<BoardPage />} />
          <Route path="board/:key" element={<BoardPage />} />
          <Route path="customers" element={<CustomersPage />} />
          <Route path="customers/:id" element={<CustomerPage />} />
          <Route path="invoices" element={<InvoicesPage />} />
          <Route path="ageing" element={<AgeingPage />} />
          <Route path="payments" element={<PaymentsPage />} />
          <Route path="runs" element={<RunsPage />} />
          <Route path="runs/view" element={<RunPage />} />
          <Route path="flows" element={<FlowsPage />} />
          <Route path="flows/:key" element={<FlowPage />} />
          <Route path="flows/:key/:tab" element={<FlowPage />} />
          <Route path="market" element={<MarketPage />} />
          <Route path="market/:id" element={<PackPage />} />
          <Route path="inbox" element={<InboxPage />} />
          <Route path="inbox/:id" element={<InboxPage />} />
          <Route path="forms" element={<FormsPage />} />
          <Route path="forms/:key" element={<DesignerPage />} />
          <Route path="forms/:key/records" element={<RecordsPage />} />
          <Route path="messages" element={<MessagesPage />} />
          <Route path="messages/:key" element={<TemplatePage />} />
          <Route path="letters" element={<LettersPage />} />
          <Route path="bin" element={<Navigate to="/bin/customer" replace />} />
          <Route path="bin/:form" element={<BinPage />} />
          <Route path="review" element={<ReviewPage />} />
          <Route path="me" element={<MePage />} />
          <Route path="import" element={<ImportPage />} />
          <Route path="settings" element={<Navigate to="/settings/workspace" replace />} />
          <Route path="settings/:tab" element={<SettingsPage />} />
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </Suspense>
  );
}
