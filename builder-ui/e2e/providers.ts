import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came over the wire. */
export type Heard = { method: string; host: string; at: URL; headers: IncomingHttpHeaders; body: Buffer };
/** What reached the people behind a provider. */
export type Got = { to: string; text: string };
/** A provider takes a message, gives something else than messages (a token), or says why not. */
type Verdict = { got?: Got; status?: number; answer: unknown };
export type Speaks = (heard: Heard, refusing: boolean) => Verdict;

export type Provider = { url: string; got: Got[]; refuse: (on: boolean) => void; stop: () => Promise<void> };

/** A provider on a socket of this machine; `speaks` checks what it is sent as the real one does. */
export async function provider(speaks: Speaks): Promise<Provider> {
  const got: Got[] = [];
  let refusing = false;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const host = request.headers.host ?? '';
    const verdict = speaks(
      {
        method: request.method ?? '',
        host,
        at: new URL(request.url ?? '/', `http://${host}`),
        headers: request.headers,
        body: Buffer.concat(parts),
      },
      refusing,
    );
    if (verdict.got) got.push(verdict.got);
    response.writeHead(verdict.status ?? 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(verdict.answer));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    refuse: (on) => {
      refusing = on;
    },
    stop: () =>
      new Promise((gone) => {
        server.close(() => gone());
        server.closeAllConnections();
      }),
  };
}

const json = <T>(body: Buffer): T => JSON.parse(body.toString('utf8')) as T;
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const header = ({ headers }: Heard, name: string) => String(headers[name] ?? '');
const near = (ms: number, minutes: number) => Math.abs(Date.now() - ms) < minutes * 60_000;

/** The parts of `Credential=…,SignedHeaders=…,Signature=…`. */
const signedParts = (authorization: string) =>
  Object.fromEntries(
    authorization
      .split(' ')
      .slice(1)
      .join('')
      .split(',')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  ) as Record<string, string>;

const signedHeaders = (heard: Heard, names: string, change = (value: string) => value) =>
  names
    .split(';')
    .map((name) => `${name}:${change(header(heard, name).trim())}\n`)
    .join('');

/** SendSms of Aliyun, signed by ACS3-HMAC-SHA256. */
export function aliyun(id: string, secret: string): Speaks {
  const used = new Set<string>();
  return (heard, refusing) => {
    const no = (Code: string, Message = 'x') => ({ status: 400, answer: { Code, Message } });
    const { Credential, SignedHeaders = '', Signature } = signedParts(header(heard, 'authorization'));
    if (Credential !== id) return no('InvalidAccessKeyId.NotFound');
    if (!near(Date.parse(header(heard, 'x-acs-date')), 15)) return no('InvalidTimeStamp.Expired');
    const nonce = header(heard, 'x-acs-signature-nonce');
    if (!nonce || used.has(nonce)) return no('SignatureNonceUsed');
    used.add(nonce);
    const quote = (text: string) =>
      encodeURIComponent(text).replaceAll(
        /[!'()*]/g,
        (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
      );
    const query = [...heard.at.searchParams]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${quote(name)}=${quote(value)}`)
      .join('&');
    const content = header(heard, 'x-acs-content-sha256');
    const request = `${heard.method}\n/\n${query}\n${signedHeaders(heard, SignedHeaders)}\n${SignedHeaders}\n${content}`;
    const right = mac(secret, `ACS3-HMAC-SHA256\n${sha256(request)}`).toString('hex');
    if (content !== sha256(heard.body) || right !== Signature) return no('SignatureDoesNotMatch');
    if (header(heard, 'x-acs-action') !== 'SendSms') return no('InvalidAction.NotFound');
    if (refusing) return { answer: { Code: 'isv.SMS_SIGNATURE_ILLEGAL', Message: '短信签名不合法' } };
    const asked = heard.at.searchParams;
    return {
      got: {
        to: asked.get('PhoneNumbers') ?? '',
        text: [asked.get('SignName'), asked.get('TemplateCode'), asked.get('TemplateParam')].join(' '),
      },
      answer: { Code: 'OK', Message: 'OK', BizId: 'B1' },
    };
  };
}

type TencentBody = Record<'SignName' | 'TemplateId' | 'SmsSdkAppId', string> &
  Record<'PhoneNumberSet' | 'TemplateParamSet', string[]>;

/** SendSms of Tencent Cloud, signed by TC3-HMAC-SHA256. */
export function tencent(id: string, secret: string): Speaks {
  return (heard, refusing) => {
    const no = (Code: string, Message = 'x') => ({ answer: { Response: { Error: { Code, Message } } } });
    const { Credential = '', SignedHeaders = '', Signature } = signedParts(header(heard, 'authorization'));
    const [who, date, service, end] = Credential.split('/');
    if (who !== id || service !== 'sms' || end !== 'tc3_request') return no('AuthFailure.SecretIdNotFound');
    const at = header(heard, 'x-tc-timestamp');
    const day = new Date(Number(at) * 1000).toISOString().slice(0, 10);
    if (!near(Number(at) * 1000, 5) || day !== date) return no('AuthFailure.SignatureExpire');
    const headers = signedHeaders(heard, SignedHeaders, (value) => value.toLowerCase());
    const request = `POST\n/\n\n${headers}\n${SignedHeaders}\n${sha256(heard.body)}`;
    const key = mac(mac(mac(`TC3${secret}`, day), 'sms'), 'tc3_request');
    const text = `TC3-HMAC-SHA256\n${at}\n${day}/sms/tc3_request\n${sha256(request)}`;
    if (mac(key, text).toString('hex') !== Signature) return no('AuthFailure.SignatureFailure');
    if (header(heard, 'x-tc-action') !== 'SendSms') return no('InvalidAction');
    if (refusing) return no('FailedOperation.InsufficientBalanceInSmsPackage', '套餐包余量不足');
    const body = json<TencentBody>(heard.body);
    return {
      got: {
        to: body.PhoneNumberSet.join(),
        text: [body.SmsSdkAppId, body.SignName, body.TemplateId, ...body.TemplateParamSet].join(' '),
      },
      answer: { Response: { SendStatusSet: [{ SerialNo: 'S1', Code: 'Ok', Message: 'send success' }] } },
    };
  };
}

/** Messages of Twilio, with the account's token. */
export function twilio(sid: string, token: string): Speaks {
  return (heard, refusing) => {
    const basic = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
    if (header(heard, 'authorization') !== basic)
      return { status: 401, answer: { code: 20003, message: 'Authenticate', status: 401 } };
    if (heard.at.pathname !== `/2010-04-01/Accounts/${sid}/Messages.json`)
      return { status: 404, answer: { code: 20404, message: 'not found', status: 404 } };
    const form = new URLSearchParams(heard.body.toString('utf8'));
    const to = form.get('To') ?? '';
    if (refusing)
      return {
        status: 400,
        answer: { code: 21211, message: `Invalid 'To' Phone Number: ${to}`, status: 400 },
      };
    return {
      got: { to, text: `${form.get('From')} ${form.get('Body')}` },
      status: 201,
      answer: { sid: 'SM1', status: 'queued' },
    };
  };
}

/** A group's robot of DingTalk: time and signature are in the address. */
export function dingtalk(token: string, secret: string): Speaks {
  return (heard, refusing) => {
    const asked = heard.at.searchParams;
    const at = asked.get('timestamp') ?? '';
    if (asked.get('access_token') !== token)
      return { answer: { errcode: 300005, errmsg: 'token is not exist' } };
    const right = mac(secret, `${at}\n${secret}`).toString('base64');
    if (refusing || !near(Number(at), 60) || asked.get('sign') !== right)
      return { answer: { errcode: 310000, errmsg: 'sign not match' } };
    const { text } = json<{ text: { content: string } }>(heard.body);
    return { got: { to: token, text: text.content }, answer: { errcode: 0, errmsg: 'ok' } };
  };
}

/** A group's bot of Feishu: time in seconds and signature are in the body. */
export function feishu(secret: string): Speaks {
  return (heard) => {
    const body = json<{ timestamp: string; sign: string; content: { text: string } }>(heard.body);
    const right = mac(`${body.timestamp}\n${secret}`, '').toString('base64');
    if (!near(Number(body.timestamp) * 1000, 60) || body.sign !== right)
      return { answer: { code: 19021, msg: 'sign match fail or timestamp is not within one hour' } };
    return { got: { to: heard.at.pathname, text: body.content.text }, answer: { code: 0, msg: 'success' } };
  };
}

/** A group's robot of WeCom: the key is in the address. */
export function wecomBot(key: string): Speaks {
  return (heard) => {
    if (heard.at.searchParams.get('key') !== key)
      return { answer: { errcode: 93000, errmsg: 'invalid webhook url' } };
    const { text } = json<{ text: { content: string } }>(heard.body);
    return { got: { to: key, text: text.content }, answer: { errcode: 0, errmsg: 'ok' } };
  };
}

type WithToken = { token: string; id: string; secret: string; idName: string; secretName: string };

/** WeCom and WeChat give a token for a secret, and take messages with it. */
function withToken(names: WithToken, send: (heard: Heard, refusing: boolean) => Verdict): Speaks {
  return (heard, refusing) => {
    const asked = heard.at.searchParams;
    if (heard.at.pathname === names.token) {
      if (asked.get(names.idName) !== names.id || asked.get(names.secretName) !== names.secret)
        return { answer: { errcode: 40001, errmsg: 'invalid credential' } };
      return { answer: { errcode: 0, errmsg: 'ok', access_token: `token of ${names.id}`, expires_in: 7200 } };
    }
    if (asked.get('access_token') !== `token of ${names.id}`)
      return { answer: { errcode: 40014, errmsg: 'invalid access_token' } };
    return send(heard, refusing);
  };
}

export const wecomApp = (id: string, secret: string, agent: number) =>
  withToken(
    { token: '/cgi-bin/gettoken', id, secret, idName: 'corpid', secretName: 'corpsecret' },
    (heard, refusing) => {
      if (heard.at.pathname !== '/cgi-bin/message/send') return { status: 404, answer: {} };
      const body = json<{ touser: string; agentid: number; text: { content: string } }>(heard.body);
      if (body.agentid !== agent) return { answer: { errcode: 40056, errmsg: 'invalid agentid' } };
      if (refusing) return { answer: { errcode: 60020, errmsg: 'not allow to access from your ip' } };
      return {
        got: { to: body.touser, text: body.text.content },
        answer: { errcode: 0, errmsg: 'ok', msgid: 'M1' },
      };
    },
  );

type WechatBody = { touser: string; template_id: string; data: Record<string, { value: string }> };

export const wechat = (id: string, secret: string) =>
  withToken({ token: '/cgi-bin/token', id, secret, idName: 'appid', secretName: 'secret' }, (heard) => {
    if (heard.at.pathname !== '/cgi-bin/message/template/send') return { status: 404, answer: {} };
    const { touser, template_id, data } = json<WechatBody>(heard.body);
    const values = Object.entries(data).map(([name, { value }]) => `${name}=${value}`);
    return {
      got: { to: touser, text: [template_id, ...values].join(' ') },
      answer: { errcode: 0, errmsg: 'ok', msgid: 7 },
    };
  });

/** Standard Webhooks: id, time and body are signed. */
function signedWebhook(heard: Heard, secret: string): boolean {
  const [id, at] = [header(heard, 'webhook-id'), header(heard, 'webhook-timestamp')];
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret;
  const right = mac(key, `${id}.${at}.${heard.body.toString('utf8')}`).toString('base64');
  return Boolean(id) && near(Number(at) * 1000, 5) && header(heard, 'webhook-signature') === `v1,${right}`;
}

export function webhook(secret: string): Speaks {
  return (heard, refusing) => {
    if (!signedWebhook(heard, secret)) return { status: 401, answer: { error: 'signature' } };
    if (refusing) return { status: 422, answer: { error: 'unknown workspace' } };
    const { type, data } = json<{ type: string; data: { to: string; subject: string; text: string } }>(
      heard.body,
    );
    return { got: { to: data.to, text: `${type} ${data.subject} ${data.text}` }, answer: { ok: true } };
  };
}

export function voice(token: string, secret: string): Speaks {
  return (heard) => {
    if (header(heard, 'authorization') !== `Bearer ${token}` || !signedWebhook(heard, secret))
      return { status: 401, answer: { error: 'badCredentials' } };
    const call = json<{ to: string; text: string; from: string; language: string }>(heard.body);
    return { got: { to: call.to, text: `${call.from} ${call.text}` }, answer: { id: 'C1' } };
  };
}
