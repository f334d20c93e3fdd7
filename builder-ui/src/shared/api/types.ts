/** The server's REST vocabulary. Money is an integer of minor units with its currency beside it. */
export type Lang = 'en' | 'zh-CN';
export type Text = Record<Lang, string>;
export type Ref = { id: string; name: string };
export type Page<T> = { items: T[]; next?: string };

export type Clock = { now: string; today: string; demo: boolean; dayLengthSeconds?: number };
export type DemoUser = { email: string; name: string; role: string };
export type Setup = {
  needed: boolean;
  demo: null | { users: DemoUser[]; dayLengthSeconds: number };
  version: string;
  /** Other ways to sign in: a workspace's own provider. */
  providers?: { workspace: string; label: string }[];
};
export type Permission =
  | 'audit.read'
  | 'insight.read'
  | 'user.read'
  | 'user.create'
  | 'user.write'
  | 'role.read'
  | 'role.write'
  | 'invoice.write'
  | 'payment.read'
  | 'payment.write'
  | 'payment.edit'
  | 'account.payment'
  | 'account.write'
  | 'run.control'
  | 'flow.publish'
  | 'flow.write'
  | 'form.write'
  | 'form.publish'
  | 'template.read'
  | 'template.write'
  | 'settings.write'
  | 'task.write'
  | 'customer.write'
  | 'message.review'
  | 'pack.read'
  | 'pack.write'
  | 'customer.delete'
  | 'customer.export'
  | 'contact.delete'
  | 'invoice.delete'
  | 'payment.delete'
  | 'record.delete';
export type Session = {
  user: { id: string; name: string; email: string; language: Lang };
  workspace: { key: string; name: string; timezone: string; currency: string; demo: boolean };
  workspaces: { key: string; name: string }[];
  roles: string[];
  can: Partial<Record<Permission, boolean>>;
  csrf: string;
  clock: Clock;
  /** Signs in with a second factor. */
  totp?: boolean;
  /** A role asks for a second factor, and nothing else works before. */
  mustEnrol?: boolean;
  via?: 'password' | 'provider' | 'invitation';
  /** Whose eyes the session looks with, to read only. */
  as?: { user?: string; role?: string; name?: string; until: string };
};

export type Reason = { key: string; text: Text; until?: string };
export type FlowRef = { key: string; name?: Text };
export type BucketKey = 'current' | '1-30' | '31-60' | '61-90' | '90+';
export type Bucket = { key: BucketKey; count: number; amount: number };
export type Ageing = { currency: string; buckets: Bucket[] };

export type Balance = {
  currency: string;
  open: number;
  overdue: number;
  disputed: number;
  promised: number;
  unapplied: number;
};

export type StoredRecord<D, S> = {
  id: string;
  form: string;
  version: number;
  revision: number;
  data: D;
  system: S;
  createdAt: string;
  updatedAt: string;
  by?: string;
  /** Fields the reader may not see. */
  masked?: string[];
};
export type Tier = 'A' | 'B' | 'C';
export type CustomerData = {
  name: string;
  number?: string;
  tier?: Tier;
  owner?: string;
  team?: string;
  region?: string;
  language?: Lang;
  timezone?: string;
  email?: string;
  phone?: string;
  preferredChannel?: string;
  note?: string;
};
export type CustomerSystem = {
  balances?: Balance[];
  openInvoices?: number;
  oldestDue?: string;
  onHold?: boolean;
  stopWish?: boolean;
  nextContactAt?: string;
  lastContactAt?: string;
  ownerName?: string;
};
export type Customer = StoredRecord<CustomerData, CustomerSystem>;

export type InvoiceStatus = 'open' | 'partPaid' | 'paid' | 'cancelled' | 'writtenOff';
export type InvoiceData = {
  number: string;
  customer: string;
  issueDate: string;
  dueDate: string;
  amount: number;
  currency: string;
  instalments?: { due: string; amount: number }[];
  note?: string;
};
export type InvoiceSystem = {
  open: number;
  collectable: number;
  disputed: number;
  promised: number;
  status: InvoiceStatus;
  dpd: number;
  customerName: string;
  held: boolean;
};
export type Invoice = StoredRecord<InvoiceData, InvoiceSystem>;
export type PaymentData = {
  customer: string;
  amount: number;
  currency: string;
  valueDate: string;
  reference?: string;
  invoices?: string[];
  note?: string;
};
export type Payment = StoredRecord<
  PaymentData,
  {
    allocations: { invoice: string; number: string; amount: number }[];
    unapplied: number;
    reversed: boolean;
    customerName: string;
  }
>;

export type Dispute = {
  id: string;
  amount: number;
  reason: string;
  openedAt: string;
  /** Who settles it, by the deadline; late past that. */
  owner?: string;
  deadline?: string;
  late?: boolean;
};
export type AccountItem = {
  invoice: string;
  number: string;
  dueDate: string;
  currency: string;
  amount: number;
  open: number;
  collectable: number;
  disputed: number;
  promised: number;
  held: boolean;
  status: InvoiceStatus;
  dpd: number;
  disputes?: Dispute[];
};
export type PromiseStatus = 'open' | 'kept' | 'partKept' | 'broken' | 'cancelled';
export type PromiseToPay = {
  id: string;
  amount: number;
  currency: string;
  date: string;
  status: PromiseStatus;
  items?: string[];
};
export type Budget = { max: number; per: { value: number; unit: string } };
export type Account = {
  version: number;
  items: AccountItem[];
  balances: Balance[];
  promises: PromiseToPay[];
  hold: null | { until?: string; reason: string; by?: string };
  /** Unconfirmed, it waits for a review; it holds all the same. */
  stopWish: null | { at: string; reason: string; confirmed?: boolean };
  /** Without a budget contacts are not counted. */
  contacts: { last?: string; budget?: Budget; nextAllowed?: string; nextCall?: string };
};
export type Next = null | {
  at: string;
  /** When its step is planned for, where the contact rules move it to `at`. */
  stepAt?: string;
  run: string;
  flow: FlowRef;
  node: string;
  sentence: Text;
  why?: Reason[];
  blocked?: Reason;
};
export type RunStatus = 'active' | 'paused' | 'parked' | 'done';
export type Run = {
  id: string;
  flow: FlowRef;
  version: number;
  customer: Ref;
  subject: { form: string; id: string; label: string };
  node: string;
  sentence: Text;
  status: RunStatus;
  wakeAt?: string;
  waitingFor?: string[];
  outcome?: string;
  reason?: Reason;
  startedAt: string;
  updatedAt: string;
};
export type RunAction = 'pause' | 'resume' | 'stop' | 'skip' | 'retry' | 'runNow';
export type RunActionResult = {
  done: number;
  failed: { id: string; problem: { title?: string; detail?: string } }[];
};
export type CustomerPage = { record: Customer; account: Account; next: Next; runs: Run[]; language: Lang };
export type TimelineEntry = {
  id: string;
  at: string;
  kind: string;
  actor?: Ref;
  text: Text;
  amount?: number;
  currency?: string;
  data?: Record<string, unknown>;
};
export type WhyEntry = {
  at: string;
  run?: string;
  node?: string;
  decision: string;
  reason?: Reason;
  sentence?: Text;
};
export type CallResult =
  | 'reached'
  | 'voicemail'
  | 'unreachable'
  | 'invoiceNotReceived'
  | 'waitingApproval'
  | 'dispute'
  | 'paymentUnderWay'
  | 'paid';
export type Command =
  | { type: 'promise.make'; amount: number; currency: string; date: string; items?: string[] }
  | { type: 'promise.cancel'; promise: string }
  | {
      type: 'dispute.open';
      invoice: string;
      amount: number;
      reason: string;
      owner?: string;
      deadline?: string;
    }
  | { type: 'dispute.assign'; invoice: string; dispute: string; owner: string; deadline: string }
  | { type: 'dispute.close'; invoice: string; dispute: string; outcome: 'upheld' | 'rejected' }
  | { type: 'hold.set'; until?: string; reason: string; invoice?: string }
  | { type: 'hold.lift'; invoice?: string }
  | { type: 'stop.wish'; reason: string }
  | { type: 'stop.lift'; reason: string }
  | { type: 'stop.confirm'; reason: string }
  | { type: 'call.log'; result: CallResult; note?: string; reason?: string }
  | { type: 'credit.note'; invoice: string; amount: number; reference: string; date: string }
  | { type: 'write.off'; invoice: string; amount: number; reason: string; date: string }
  | { type: 'payment.reverse'; payment: string; reason: string }
  | { type: 'payment.allocate'; payment: string; items: string[] }
  | { type: 'invoice.cancel'; invoice: string; reason: string };

export type MessageStatus =
  | 'intended'
  | 'waiting'
  | 'sent'
  | 'delivered'
  | 'bounced'
  | 'replied'
  | 'failed'
  | 'unknown';
/** What was heard of a message after it went out. */
export type Delivery = {
  state: 'delivered' | 'bounced' | 'replied';
  at: string;
  reason?: Reason;
  detail?: string;
};
export type Message = {
  id: string;
  at: string;
  customer: Ref;
  channel: string;
  to: string;
  language: Lang;
  subject: string;
  text: string;
  html: string;
  items: { invoice: string; number: string; dueDate: string; open: number; currency: string }[];
  amount: number;
  currency: string;
  status: MessageStatus;
  error?: Reason;
  /** The provider's own words. */
  detail?: string;
  delivery?: Delivery;
  flow?: FlowRef;
  node?: string;
  template?: string;
  tone?: number | string;
  seen?: { version: number; open: number; checks: { key: string; ok: boolean }[] };
  crossed: boolean;
};
export type Task = {
  id: string;
  title: Text | string;
  customer: Ref;
  run?: string;
  /** That it is about, each by its number. */
  invoices: Ref[];
  /** May be completed for some of them. */
  divisible?: boolean;
  assignee?: Ref;
  role?: string;
  due?: string;
  status: 'open' | 'done';
  results?: { key: string; label: Text }[];
  result?: string;
  /** What to say or do, and what opens what is needed. */
  text?: string;
  link?: string;
  createdAt: string;
};
export type PlannedContact = {
  customer: Ref;
  at: string;
  flow: FlowRef;
  sentence: Text;
  items: number;
  amount: number;
  currency: string;
};
export type TodayCounts = Record<
  'planned' | 'sentToday' | 'held' | 'parked' | 'tasks' | 'promises' | 'unknown',
  number
>;
export type Today = {
  clock: Clock;
  figures: {
    currency: string;
    outstanding: number;
    overdue: number;
    unapplied: number;
    overdueCustomers: number;
    openInvoices: number;
  }[];
  ageing: Ageing[];
  planned: PlannedContact[];
  sentToday: Message[];
  held: { customer: Ref; reason: Reason; until?: string }[];
  parked: Run[];
  tasks: Task[];
  promises: {
    customer: Ref;
    id: string;
    amount: number;
    currency: string;
    date: string;
    status: PromiseStatus;
  }[];
  unknown: Message[];
  counts: TodayCounts;
};
export type FlowStatus = 'draft' | 'live' | 'stopped';
export type Flow = {
  key: string;
  name: Text;
  description?: Text | string;
  status: FlowStatus;
  version?: number;
  hash?: string;
  publishedAt?: string;
  publishedBy?: string;
  counts: Record<RunStatus, number>;
  sentences: Record<Lang, string[]>;
  history?: { version: number; hash: string; at: string; by?: string }[];
};
export type FlowDetail = Flow & { document: unknown; draftVersion?: number };
export type Batch = {
  id: string;
  kind: string;
  status: 'running' | 'done' | 'failed';
  done: number;
  total?: number;
  failed: number;
};
export type LiveEvent = {
  type: 'account' | 'run' | 'message' | 'task' | 'record' | 'batch' | 'flow' | 'note' | 'working' | 'notice';
  id: string;
  customer?: string;
  form?: string;
};
/** Somebody at a document; `session` tells the tabs of one person apart. */
export type Presence = {
  id: string;
  name: string;
  session: string;
  at: string;
  editing: boolean;
  since?: string;
};
export type Problem = {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  key?: string;
  params?: Record<string, unknown>;
  requestId?: string;
  errors?: { pointer: string; rule?: string; limit?: unknown; message: string }[];
};
