import { Alert, Button, Form, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NoNotices } from '@/shared/lib/noticeBrowser';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';
import { type ChannelSetting, useTestChannel } from '../../api/channels';
import { asksWhere, type Place, placeOf, samplesOf } from '../../model/channelTest';

const tones = { sent: 'success', failed: 'error', unknown: 'warning' } as const;

/** What to look for after it was taken. */
const next: Partial<Record<Place, string>> = {
  address: 'channels.testTook',
  browser: 'channels.testShows',
};

type Props = {
  channel: ChannelSetting;
  templates: ReadonlyMap<string, string>;
  /** Stores what is in the form, if anything was changed, and then goes on; nothing when that is refused. */
  onStored: (then: () => void) => void;
};

/** Sends a test through the settings, which are stored first, and says what the provider said. */
export function ChannelTest({ channel, templates, onStored }: Props) {
  const { t } = useTranslation();
  const test = useTestChannel();
  const form = Form.useFormInstance();
  const values = Form.useWatch([], form) ?? {};
  const [to, setTo] = useState('');
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const place = placeOf(channel, values);
  const samples = channel.templates ? samplesOf(values) : [];
  const named = ({ template, language }: (typeof samples)[number]) =>
    [
      template ? (templates.get(template) ?? template) : t('channels.anyTemplate'),
      language && t(`lang.${language}`),
    ]
      .filter(Boolean)
      .join(' · ');
  const send = () =>
    onStored(() =>
      test.mutate({
        channel: channel.key,
        to: asksWhere(place) ? to.trim() || undefined : undefined,
        key: place === 'browser' ? String(form.getFieldValue('publicKey')) : undefined,
        ...samples[chosen],
      }),
    );
  return (
    <section className="channel-box" aria-label={t('channels.test')}>
      <h3 className="fact-title">{t('channels.test')}</h3>
      {samples.length > 0 && (
        <Select
          className="channel-sample"
          aria-label={t('channels.testSample')}
          value={Math.min(chosen, samples.length - 1)}
          onChange={setChosen}
          options={samples.map((sample, value) => ({ value, label: named(sample) }))}
        />
      )}
      <label htmlFor={asksWhere(place) ? id : undefined} className="list-sub">
        {t(`channels.testWhere.${place}`)}
      </label>
      <div className="channel-line">
        {asksWhere(place) && (
          <Input
            id={id}
            value={to}
            maxLength={320}
            onChange={({ target }) => setTo(target.value)}
            onPressEnter={(event) => {
              event.preventDefault();
              send();
            }}
          />
        )}
        <Button loading={test.isPending} onClick={send}>
          {t('channels.testSend')}
        </Button>
      </div>
      <p className="list-sub">{t('channels.testSaves')}</p>
      <div role="status">{!test.isPending && <Outcome test={test} place={place} />}</div>
    </section>
  );
}

function Outcome({ test, place }: { test: ReturnType<typeof useTestChannel>; place: Place }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { error, data } = test;
  if (error instanceof NoNotices)
    return <Alert type="error" showIcon title={t(`channels.testBrowser.${error.why}`)} />;
  if (error) {
    const { title, text } = errorText(error, t);
    return <Alert type="error" showIcon title={title} description={text} />;
  }
  if (!data) return null;
  // A group, an address and a browser have no name of their own; the page has words for them.
  const there = place === 'robot' || !asksWhere(place);
  const title = there
    ? t(`channels.testedThere.${data.status}`, { to: t(`channels.testPlace.${place}`) })
    : t(`channels.tested.${data.status}`, { to: data.to });
  const said = [format.reason(data.reason?.text), data.detail].filter(Boolean).join(' · ');
  return (
    <Alert
      type={tones[data.status]}
      showIcon
      title={title}
      description={data.status === 'sent' ? t(next[place] ?? 'channels.testLook') : said || undefined}
    />
  );
}
