import { lazy, Suspense } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { PageSkeleton } from '@/shared/ui/states';
import { Gate, SignedOutOnly } from './Gate';
import { Shell } from './Shell';

const LoginPage = lazy(() => import('@/features/session/components/LoginPage'));
const SetupPage = lazy(() => import('@/features/session/components/SetupPage'));
const JoinPage = lazy(() => import('@/features/session/components/JoinPage'));
const ResetPage = lazy(() => import('@/features/session/components/ResetPage'));
const MePage = lazy(() => import('@/features/session/components/MePage'));
const TodayPage = lazy(() => import('@/features/today/components/TodayPage'));
const BoardPage = lazy(() => import('@/features/board/components/BoardPage'));
const CustomersPage = lazy(() => import('@/features/customers/components/CustomersPage'));
const CustomerPage = lazy(() => import('@/features/customers/components/CustomerPage'));
const InvoicesPage = lazy(() => import('@/features/invoices/components/InvoicesPage'));
const RunsPage = lazy(() => import('@/features/runs/components/RunsPage'));
const FlowsPage = lazy(() => import('@/features/flows/components/FlowsPage'));
const FlowPage = lazy(() => import('@/features/flows/components/FlowPage'));
const RunPage = lazy(() => import('@/features/flows/components/RunPage'));
const InboxPage = lazy(() => import('@/features/inbox/components/InboxPage'));
const ImportPage = lazy(() => import('@/features/imports/components/ImportPage'));
const SettingsPage = lazy(() => import('@/features/settings/components/SettingsPage'));
const FormsPage = lazy(() => import('@/features/forms/components/FormsPage'));
const DesignerPage = lazy(() => import('@/features/forms/components/DesignerPage'));
const RecordsPage = lazy(() => import('@/features/forms/components/RecordsPage'));
const MessagesPage = lazy(() => import('@/features/messages/components/MessagesPage'));
const TemplatePage = lazy(() => import('@/features/messages/components/TemplatePage'));
const MarketPage = lazy(() => import('@/features/market/components/MarketPage'));
const PackPage = lazy(() => import('@/features/market/components/PackPage'));
const ReviewPage = lazy(() => import('@/features/review/components/ReviewPage'));
const LettersPage = lazy(() => import('@/features/letters/components/LettersPage'));
const NotFoundPage = lazy(() => import('./NotFoundPage'));

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
