import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import type { Heard, Speaks } from './providers';

const decode = (text: string) => Buffer.from(text, 'base64url');

/** A browser's keys, and the push service of its maker: it checks the claim (RFC 8292) and opens what is sealed (RFC 8291). */
export function pushService() {
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  const auth = randomBytes(16);
  let key = '';
  const open = (body: Buffer): string => {
    const salt = body.subarray(0, 16);
    const theirs = body.subarray(21, 86);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), theirs]);
    const secret = Buffer.from(hkdfSync('sha256', pair.computeSecret(theirs), auth, info, 32));
    const derive = (what: string, size: number) =>
      Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${what}\0`, size));
    const box = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
    box.setAuthTag(body.subarray(-16));
    const plain = Buffer.concat([box.update(body.subarray(86, -16)), box.final()]);
    return plain.subarray(0, -1).toString('utf8'); // the last byte ends the record
  };
  const speaks: Speaks = (heard) => {
    if (!claimed(heard, key)) return { status: 403, answer: {} };
    if (heard.headers['content-encoding'] !== 'aes128gcm' || !heard.headers.ttl)
      return { status: 400, answer: {} };
    const { title, body } = JSON.parse(open(heard.body)) as { title: string; body: string };
    return { got: { to: heard.at.pathname, text: `${title} ${body}` }, status: 201, answer: {} };
  };
  return {
    speaks,
    /** The browser subscribes with a workspace's key, and gives where it is. */
    subscribe: (vapid: string) => {
      key = vapid;
      return { p256dh: pair.getPublicKey().toString('base64url'), auth: auth.toString('base64url') };
    },
  };
}

function claimed(heard: Heard, key: string): boolean {
  const [, token = '', sent] = /^vapid t=([^,]+), k=(.+)$/.exec(heard.headers.authorization ?? '') ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  if (!key || sent !== key) return false;
  const point = decode(key);
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const signer = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
  const { aud, exp, sub } = JSON.parse(decode(claims).toString('utf8')) as Record<string, string | number>;
  const ahead = Number(exp) * 1000 - Date.now();
  return (
    verify('sha256', Buffer.from(`${head}.${claims}`), signer, decode(signature)) &&
    aud === `http://${heard.host}` &&
    String(sub).startsWith('mailto:') &&
    ahead > 0 &&
    ahead <= 24 * 3_600_000
  );
}
