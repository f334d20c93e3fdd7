import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Mail = { from: string; to: string[]; text: string };
export type MailServer = { port: number; mails: Mail[]; stop: () => Promise<void> };

/**
 * A mail server on this machine, as far as RFC 5321 asks of a receiver without extensions. It takes everything but the
 * mail for a mailbox to which `refuse` has an answer.
 */
export async function mailServer(refuse?: (to: string) => string | undefined): Promise<MailServer> {
  const mails: Mail[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
    receive(socket, mails, refuse ?? (() => undefined));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const stop = () =>
    new Promise<void>((gone) => {
      for (const socket of open) socket.destroy();
      server.close(() => gone());
    });
  return { port: (server.address() as AddressInfo).port, mails, stop };
}

function receive(socket: Socket, mails: Mail[], refuse: (to: string) => string | undefined) {
  const say = (line: string) => socket.write(`${line}\r\n`);
  let mail: Mail = { from: '', to: [], text: '' };
  let body: string[] | undefined;
  let rest = '';
  const address = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? '';
  const hear = (line: string) => {
    if (body) {
      if (line !== '.') {
        body.push(line.startsWith('.') ? line.slice(1) : line);
        return;
      }
      mails.push({ ...mail, text: body.join('\n') });
      body = undefined;
      say('250 taken');
      return;
    }
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        say('250-mx.example.com');
        say('250-8BITMIME');
        return say('250 SMTPUTF8');
      case 'MAIL':
        mail = { from: address(line), to: [], text: '' };
        return say('250 go on');
      case 'RCPT': {
        const no = refuse(address(line));
        if (no) return say(no);
        mail.to.push(address(line));
        return say('250 go on');
      }
      case 'DATA':
        body = [];
        return say('354 end with a dot');
      case 'QUIT':
        say('221 bye');
        return socket.end();
      default:
        return say(/^(HELO|RSET|NOOP)/i.test(line) ? '250 ok' : '502 not here');
    }
  };
  say('220 mx.example.com ready');
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
}
