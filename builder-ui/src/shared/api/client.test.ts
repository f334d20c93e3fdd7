import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, api, setCsrf } from './client';

afterEach(() => vi.unstubAllGlobals());

const answer = (status: number, body: unknown, type = 'application/json') =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } })),
  );

describe('client', () => {
  it('places the server’s errors at the fields they name', async () => {
    answer(
      422,
      {
        title: 'Not saved',
        errors: [
          { pointer: '/data/number', message: 'taken' },
          { pointer: '/admin/email', message: 'bad' },
        ],
      },
      'application/problem+json',
    );
    const error = await api.post<ApiError>('/records/customer', {}).catch((cause: ApiError) => cause);
    expect(error).toBeInstanceOf(ApiError);
    expect(error.fields).toEqual({ number: 'taken', 'admin.email': 'bad' });
  });

  it('sends the CSRF token and the version it edited', async () => {
    answer(200, {});
    setCsrf('token');
    await api.put('/records/customer/c1', {}, 4);
    const [url, init] = vi.mocked(fetch).mock.calls[0] ?? [];
    expect(url).toBe('/api/v1/records/customer/c1');
    expect(init?.headers).toMatchObject({ 'X-CSRF-Token': 'token', 'If-Match': '"4"' });
  });

  it('tells silence apart from refusal', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Promise.reject(new TypeError('down'))),
    );
    const error = await api.get<ApiError>('/today').catch((cause: ApiError) => cause);
    expect(error.status).toBe(0);
  });
});
