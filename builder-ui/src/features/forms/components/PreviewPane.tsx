import { Alert, Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '@/shared/form/types';
import { RecordForm, useJudge, useWrongText } from '@/shared/ui/record/RecordForm';
import { useDesigner } from '../model/store';

/** The form as people fill it in, on a desktop or a phone, with rules and formulas at work. */
export function PreviewPane() {
  const { t } = useTranslation();
  const { doc } = useDesigner();
  const [on, setOn] = useState<'desktop' | 'phone'>('desktop');
  const [value, setValue] = useState<Data>({});
  const [errors, setErrors] = useState<Record<string, string>>();
  const judge = useJudge(doc);
  const wrongText = useWrongText();
  return (
    <div className="fd-preview">
      <div className="fd-preview-bar">
        <Segmented
          size="small"
          aria-label={t('forms.previewOn')}
          value={on}
          onChange={setOn}
          options={(['desktop', 'phone'] as const).map((device) => ({
            value: device,
            label: t(`forms.${device}`),
          }))}
        />
        <span className="rf-help">{t('forms.previewHint')}</span>
      </div>
      <div className={`fd-device fd-device-${on}`}>
        <RecordForm form={doc} value={value} onChange={setValue} errors={errors} />
        {errors && Object.keys(errors).length === 0 && (
          <Alert type="success" showIcon title={t('forms.previewGood')} />
        )}
        <div className="fd-preview-foot">
          <Button type="primary" onClick={() => setErrors(wrongText(judge.validate(judge.settle(value))))}>
            {t('forms.tryIt')}
          </Button>
          <Button
            onClick={() => {
              setValue({});
              setErrors(undefined);
            }}
          >
            {t('forms.clear')}
          </Button>
        </div>
      </div>
    </div>
  );
}
