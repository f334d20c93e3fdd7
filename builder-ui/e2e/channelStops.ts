import {
  aliyun,
  dingtalk,
  feishu,
  type Speaks,
  tencent,
  twilio,
  voice,
  webhook,
  wechat,
  wecomApp,
  wecomBot,
} from './providers';

/** What a person puts into a field: words, the label of a choice, or a line of registered templates. */
export type Entry = string | { choose: string } | { message: string; code: string; variables: string[] };

export type Stop = {
  /** Names the pictures. */
  name: string;
  /** The channel's folder, whose description names the fields. */
  folder: string;
  fields: (url: string) => Record<string, Entry>;
  speaks?: Speaks;
  /** Where the test goes, for channels that ask. */
  to?: string;
  /** What the page says it was sent to, where nobody is asked. */
  place?: 'group' | 'address';
  /** What has to arrive: the receiver, and words of the text besides those of the test. */
  reaches?: string;
  says?: (string | RegExp)[];
  /** A registered template has no text of ours. */
  template?: boolean;
  /** What the provider says when it refuses, and the reason in the words of the server's language file. */
  refusal?: { reason: string; words: string };
  phone?: boolean;
};

const number = '138 0013 8000';

/** The channels whose messages a provider takes over HTTP, each with the protocol it really speaks. */
export const stops: Stop[] = [
  {
    name: 'sms-aliyun',
    folder: 'sms',
    fields: (url) => ({
      provider: { choose: 'aliyun' },
      accessKeyId: 'LTAI-1',
      accessKeySecret: 'aliyun secret',
      sign: '海港贸易',
      templates: { message: '*', code: 'SMS_154950909', variables: ['name', 'money=amount'] },
      endpoint: url,
    }),
    speaks: aliyun('LTAI-1', 'aliyun secret'),
    to: number,
    reaches: '13800138000',
    says: ['海港贸易', 'SMS_154950909', /"money":"0\.00","name":"(Ada Chen|陈雅达)"/],
    template: true,
    refusal: { reason: 'reason.channel.templateRefused', words: 'isv.SMS_SIGNATURE_ILLEGAL: 短信签名不合法' },
    phone: true,
  },
  {
    name: 'sms-tencent',
    folder: 'sms',
    fields: (url) => ({
      provider: { choose: 'tencent' },
      secretId: 'AKID-1',
      secretKey: 'tencent secret',
      appId: '1400006666',
      sign: '海港贸易',
      endpoint: url,
    }),
    speaks: tencent('AKID-1', 'tencent secret'),
    to: number,
    reaches: '+8613800138000',
    says: ['1400006666 海港贸易 SMS_154950909', '0.00'],
    template: true,
    refusal: { reason: 'reason.channel.noBalance', words: '套餐包余量不足' },
  },
  {
    name: 'sms-twilio',
    folder: 'sms',
    fields: (url) => ({
      provider: { choose: 'twilio' },
      accountSid: 'AC1',
      authToken: 'twilio token',
      from: '+15005550006',
      endpoint: url,
    }),
    speaks: twilio('AC1', 'twilio token'),
    to: number,
    reaches: '+8613800138000',
    says: ['+15005550006'],
    refusal: { reason: 'reason.channel.badNumber', words: "21211: Invalid 'To' Phone Number" },
  },
  {
    name: 'voice',
    folder: 'voice',
    fields: (url) => ({
      url: `${url}/calls`,
      token: 'voice token',
      secret: 'whsec_dm9pY2Ugc2VjcmV0',
      caller: '+862150000000',
    }),
    speaks: voice('voice token', 'whsec_dm9pY2Ugc2VjcmV0'),
    to: number,
    reaches: '+8613800138000',
    says: ['+862150000000'],
  },
  {
    name: 'dingtalk',
    folder: 'dingtalk',
    fields: (url) => ({ url: `${url}/robot/send?access_token=ding`, secret: 'SEC of ding' }),
    speaks: dingtalk('ding', 'SEC of ding'),
    place: 'group',
    reaches: 'ding',
    refusal: { reason: 'reason.channel.badCredentials', words: '310000: sign not match' },
  },
  {
    name: 'feishu',
    folder: 'feishu',
    fields: (url) => ({ url: `${url}/open-apis/bot/v2/hook/1`, secret: 'feishu secret' }),
    speaks: feishu('feishu secret'),
    place: 'group',
    reaches: '/open-apis/bot/v2/hook/1',
  },
  {
    name: 'wecom-bot',
    folder: 'wecombot',
    fields: (url) => ({ url: `${url}/cgi-bin/webhook/send?key=robot` }),
    speaks: wecomBot('robot'),
    place: 'group',
    reaches: 'robot',
  },
  {
    name: 'wecom-app',
    folder: 'wecomapp',
    fields: (url) => ({ corpId: 'ww1', corpSecret: 'corp secret', agentId: '1000002', endpoint: url }),
    speaks: wecomApp('ww1', 'corp secret', 1_000_002),
    to: 'AdaChen',
    reaches: 'AdaChen',
    refusal: {
      reason: 'reason.channel.ipRefused',
      words: '60020: not allow to access from your ip',
    },
    phone: true,
  },
  {
    name: 'wechat',
    folder: 'wechat',
    fields: (url) => ({
      appId: 'wx1',
      appSecret: 'app secret',
      templates: { message: '*', code: 'TM00001', variables: ['thing1=name', 'amount2=amount'] },
      link: 'https://pay.example.com/',
      endpoint: url,
    }),
    speaks: wechat('wx1', 'app secret'),
    to: 'oABCD1234',
    reaches: 'oABCD1234',
    says: [/^TM00001 amount2=0\.00 thing1=(Ada Chen|陈雅达)$/],
    template: true,
  },
  {
    name: 'webhook',
    folder: 'webhook',
    fields: (url) => ({ url: `${url}/messages`, secret: 'whsec_aG9vayBzZWNyZXQ=' }),
    speaks: webhook('whsec_aG9vayBzZWNyZXQ='),
    place: 'address',
    reaches: 'ada@example.com',
    says: ['message'],
    refusal: { reason: 'reason.channel.refused', words: 'HTTP 422: {"error":"unknown workspace"}' },
  },
];

/**
 * Channels whose messages a person brings out. They offer no test: a call and a letter leave the house by hand, and a
 * mass message of WeCom goes to a real customer once a colleague confirms it.
 */
export const byHand: Stop[] = [
  { name: 'call', folder: 'call', fields: () => ({ country: '86', dial: 'sip:{number}@pbx.example.com' }) },
  {
    name: 'letter',
    folder: 'letter',
    fields: () => ({
      sender: '海港贸易 · 外滩1号 · 200002 上海',
      head: '海港贸易有限公司\n上海市外滩1号',
      foot: '招商银行 6225 0000 0000 0000',
    }),
  },
  {
    name: 'wecom-customer',
    folder: 'wecomcustomer',
    fields: () => ({ corpId: 'ww1', corpSecret: 'customer secret', sender: 'AdaChen', monthly: '4' }),
  },
];
