import './texts';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Drawer, Grid } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { useErrorText } from '@/shared/ui/states';
import { isWhole, save } from './file';

type Props = { customer: string; name: string; onClose: () => void };

/** All that is kept of a customer, as one file for a request of theirs. */
export default function GiveOutDrawer({ customer, name, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const phone = Grid.useBreakpoint().md === false;
  const fetching = useMutation({
    mutationFn: async () => {
      const file = await api.file(`/customers/${customer}/personal`, { language: i18n.language });
      const whole = await isWhole(file);
      if (whole) save('personal-data.zip', file);
      return whole;
    },
  });
  const { title, text } = useErrorText(fetching.error);
  return (
    <Drawer
      open
      onClose={onClose}
      title={t('customer.giveOut')}
      size={phone ? '100%' : 440}
      className="give-out"
      footer={
        <div className="drawer-foot">
          <Button onClick={onClose}>{t('action.close')}</Button>
          <Button type="primary" loading={fetching.isPending} onClick={() => fetching.mutate()}>
            {t('personal.download')}
          </Button>
        </div>
      }
    >
      <p className="drawer-sub">{name}</p>
      <p>{t('personal.giveOutText')}</p>
      <p>{t('personal.giveOutCare')}</p>
      <div role="status">
        {fetching.data === true && <Alert type="success" showIcon title={t('personal.downloaded')} />}
      </div>
      {fetching.data === false && <Alert type="error" role="alert" showIcon title={t('personal.notWhole')} />}
      {fetching.error && <Alert type="error" role="alert" showIcon title={title} description={text} />}
    </Drawer>
  );
}
