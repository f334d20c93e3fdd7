import { App, Button, type FormInstance } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { useTemplateNames } from '@/shared/lib/useTemplateNames';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { SchemaFields, type Settings, settingsOf, startOf } from '@/shared/ui/SchemaFields';
import { errorText } from '@/shared/ui/states';
import { type ChannelSetting, newPushKeys, useDropChannel, useSaveChannel } from '../../api/channels';
import { ChannelHook } from './ChannelHook';
import { ChannelTest } from './ChannelTest';

/** What a provider's registered template may be filled with. */
const variables = [
  'name',
  'amount',
  'currency',
  'count',
  'number',
  'dueDate',
  'days',
  'company',
  'text',
  'subject',
  'today',
];

/** A channel's settings, a test of them, and where its provider tells us things. */
export function ChannelDrawer({ channel, onClose }: { channel: ChannelSetting; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { modal, message } = App.useApp();
  const save = useSaveChannel();
  const drop = useDropChannel();
  const templates = useTemplateNames();
  const afterSaving = useRef<() => void>(undefined);
  const title = format.text(channel.title);
  const askDrop = () =>
    modal.confirm({
      title: t('channels.dropTitle', { name: title }),
      content: t('channels.dropText'),
      okText: t('channels.drop'),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => drop.mutateAsync(channel).then(onClose, (error) => message.error(errorText(error, t).text)),
    });
  return (
    <FormDrawer<Settings>
      open
      onClose={onClose}
      title={title}
      sub={format.text(channel.about)}
      submit={t('action.save')}
      done={t('state.saved')}
      initial={startOf(channel.schema, channel.settings)}
      onSaved={() => {
        const then = afterSaving.current ?? onClose;
        afterSaving.current = undefined;
        then();
      }}
      onSubmit={(values) =>
        save
          .mutateAsync({ channel, settings: settingsOf(channel.schema, values, channel.settings) })
          .catch((cause) => {
            afterSaving.current = undefined;
            throw cause;
          })
      }
    >
      {(form) => (
        <>
          {channel.key === 'push' && <PushKeys form={form} set={channel.set} />}
          <SchemaFields
            schema={channel.schema}
            stored={channel.settings}
            advanced={t('channels.advanced')}
            options={{
              template: [
                { value: '*', label: t('channels.anyTemplate') },
                ...[...templates].map(([value, label]) => ({ value, label })),
              ],
              variable: variables.map((value) => ({ value, label: value })),
            }}
          />
          {channel.person && <p className="list-sub">{t('channels.testByHand')}</p>}
          {!channel.person && channel.key !== 'sandbox' && (
            <ChannelTest
              channel={channel}
              templates={templates}
              onStored={(then) => {
                if (channel.set && !form.isFieldsTouched()) return then();
                const keep = () => {
                  afterSaving.current = then;
                };
                form
                  .validateFields()
                  .then(keep, () => undefined)
                  .finally(form.submit);
              }}
            />
          )}
          {channel.hook && <ChannelHook channel={channel} />}
          {channel.set && channel.key !== 'sandbox' && (
            <Button danger type="link" className="channel-quiet" onClick={askDrop}>
              {t('channels.drop')}
            </Button>
          )}
        </>
      )}
    </FormDrawer>
  );
}

/** A pair of keys from the server, put into the form; nothing is stored until it is saved. */
function PushKeys({ form, set }: { form: FormInstance; set: boolean }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return (
    <div className="channel-keys">
      <p className="list-sub">{t(set ? 'channels.keysNew' : 'channels.keysFirst')}</p>
      <Button
        onClick={() =>
          newPushKeys().then(
            // They count as typed, as what has not been stored yet.
            (pair) =>
              form.setFields(Object.entries(pair).map(([name, value]) => ({ name, value, touched: true }))),
            (error) => message.error(errorText(error, t).text),
          )
        }
      >
        {t('channels.makeKeys')}
      </Button>
    </div>
  );
}
