/** Amounts are minor units of their currency; dates are YYYY-MM-DD, "" for none. */
export type OpenInvoice = {
  id: string;
  number: string;
  currency: string;
  amount: number;
  open: number;
  disputed?: number;
  issueDate: string;
  dueDate: string;
  dpd: number;
  promised?: boolean;
  saidPaid?: boolean;
  payUrl?: string;
};

export type PageData = {
  company: string;
  customer: string;
  language: string;
  today: string;
  balances: { currency: string; digits: number; open: number; overdue: number; unapplied: number }[];
  invoices: OpenInvoice[];
  more?: number;
  payments: { date: string; currency: string; amount: number }[];
  promises: {
    id: string;
    date: string;
    currency: string;
    amount: number;
    invoices: string[];
    movable: boolean;
  }[];
  channels: { key: string; title: Record<string, string> }[];
  channel?: string;
  stopped?: boolean;
  push?: string;
  payNote?: Record<string, string>;
  promise: { offered: boolean; until?: string };
  dispute: boolean;
  paid: boolean;
};

/** What the server refused, in the reader's language. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

type Problem = { detail?: string; title?: string; errors?: { message?: string }[] };

/** The address after # names the customer and proves the invitation; it never leaves in a referrer or a log of paths. */
export function door(lang: () => string) {
  const base = `/api/v1/pages/${location.hash.slice(1)}`;
  return async (what = '', body?: object): Promise<PageData> => {
    const answer = await fetch(base + (what && `/${what}`), {
      method: body ? 'POST' : 'GET',
      headers: { 'Accept-Language': lang(), ...(body ? { 'Content-Type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
    });
    if (answer.ok) return answer.json();
    const problem: Problem = await answer.json().catch(() => ({}));
    const said = problem.errors?.map(({ message }) => message).filter(Boolean);
    throw new Refused(said?.join('; ') || problem.detail || problem.title || '', answer.status);
  };
}
