import { askEarly, takeEarly } from './early';
import type { Page, Problem } from './types';

const base = '/api/v1';

type Query = Record<string, string | number | boolean | undefined>;
type Call = { query?: Query; body?: unknown; ifMatch?: number | string; signal?: AbortSignal };

let csrf = '';
let language = 'en';

export const setCsrf = (token: string) => {
  csrf = token;
};
export const setRequestLanguage = (lang: string) => {
  language = lang;
};

/** What the server refused and why; `problem` holds sentences in the reader's language. Status 0 means no answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.detail ?? problem.title ?? String(status));
    this.name = 'ApiError';
  }

  /** Messages by field name: the last part of each JSON pointer. */
  get fields(): Record<string, string> {
    const fields: Record<string, string> = {};
    for (const error of this.problem.errors ?? []) {
      const name = error.pointer.replace(/^\/(data\/)?/, '').replaceAll('/', '.');
      if (name && !(name in fields)) fields[name] = error.message;
    }
    return fields;
  }
}

function url(path: string, query: Query = {}) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return `${base}${path}${text ? `?${text}` : ''}`;
}

async function request<T>(method: string, path: string, call: Call = {}): Promise<T> {
  const early = method === 'GET' && takeEarly(url(path, call.query));
  if (early) {
    try {
      return (await early) as T;
    } catch {
      // Asked again, now that somebody waits for it.
    }
  }
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language };
  if (method !== 'GET') {
    headers['X-CSRF-Token'] = csrf;
    if (method === 'POST') headers['Idempotency-Key'] = newKey();
  }
  if (call.body !== undefined) headers['Content-Type'] = 'application/json';
  if (call.ifMatch !== undefined) headers['If-Match'] = `"${call.ifMatch}"`;

  let response: Response;
  try {
    response = await fetch(url(path, call.query), {
      method,
      headers,
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      credentials: 'same-origin',
      signal: call.signal,
    });
  } catch (cause) {
    if (call.signal?.aborted) throw cause;
    throw new ApiError(0, { key: 'network' });
  }
  if (response.status === 204) return undefined as T;
  const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
  const body = isJson ? await response.json() : undefined;
  if (!response.ok) throw new ApiError(response.status, (body as Problem) ?? { status: response.status });
  return body as T;
}

/** A file as it is; what the server refuses is an ApiError as everywhere. */
async function file(path: string, query?: Query): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(url(path, query), {
      headers: { 'Accept-Language': language },
      credentials: 'same-origin',
    });
    if (response.ok) return await response.blob();
  } catch {
    throw new ApiError(0, { key: 'network' });
  }
  const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
  throw new ApiError(response.status, isJson ? await response.json() : { status: response.status });
}

/** `crypto.randomUUID` exists only on secure origins; a self-hosted server may be plain HTTP. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Asks for what a page will `get` first, before the page is there. */
export const getEarly = (path: string, query?: Query) => askEarly(url(path, query), language);

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => request<T>('GET', path, { query, signal }),
  file,
  post: <T>(path: string, body?: unknown, ifMatch?: number) => request<T>('POST', path, { body, ifMatch }),
  put: <T>(path: string, body: unknown, ifMatch?: number) => request<T>('PUT', path, { body, ifMatch }),
  patch: <T>(path: string, body: unknown) => request<T>('PATCH', path, { body }),
  delete: <T>(path: string, ifMatch?: number) => request<T>('DELETE', path, { ifMatch }),
  page: <T>(path: string, query: Query, cursor: unknown, signal?: AbortSignal) =>
    request<Page<T>>('GET', path, { query: { limit: 50, ...query, cursor: cursor as string }, signal }),
};
