import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { toMinor } from '../lib/money';
import { useFormat } from '../lib/useFormat';
import { DayInput } from './DayInput';
import { IconButton } from './IconButton';

type Part = { due?: string; amount?: string };

/** As many as the ledger takes. */
const maxParts = 60;

/** The parts of an invoice that fall due one after the other; together they are its amount. */
export function Instalments() {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const format = useFormat();
  const check = async (_: unknown, parts?: Part[]) => {
    if (!parts?.length) return;
    const currency: string = form.getFieldValue('currency');
    const total = toMinor(String(form.getFieldValue('amount') ?? ''), currency) ?? 0;
    const wrong = wrongParts(parts, total, currency);
    if (wrong) throw new Error(t(`invoice.parts.${wrong}`, { amount: format.money(total, currency) }));
  };
  return (
    <Form.List name="instalments" rules={[{ validator: check }]}>
      {(rows, { add, remove }, { errors }) => (
        <fieldset className="parts">
          {rows.length > 0 && <legend>{t('invoice.parts.title')}</legend>}
          {rows.map(({ key, name }) => (
            <div key={key} className="parts-row">
              <Form.Item name={[name, 'due']} normalize={(day: string) => day || undefined}>
                <DayInput className="field-full" aria-label={t('invoice.parts.due', { row: name + 1 })} />
              </Form.Item>
              <Form.Item name={[name, 'amount']}>
                <Input
                  inputMode="decimal"
                  autoComplete="off"
                  className="num"
                  aria-label={t('invoice.parts.amount', { row: name + 1 })}
                />
              </Form.Item>
              <IconButton
                type="text"
                icon={<DeleteOutlined />}
                label={t('invoice.parts.remove', { row: name + 1 })}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          {rows.length < maxParts && (
            <Button type="dashed" size="small" icon={<PlusOutlined />} onClick={() => add({})}>
              {t(rows.length > 0 ? 'invoice.parts.more' : 'invoice.parts.add')}
            </Button>
          )}
        </fieldset>
      )}
    </Form.List>
  );
}

/** What is wrong with instalments, as the ledger judges them; `total` in minor units. */
export function wrongParts(
  parts: Part[],
  total: number,
  currency: string,
): 'missing' | 'order' | 'sum' | undefined {
  let sum = 0;
  let last = '';
  let disorder = false;
  for (const part of parts) {
    const amount = toMinor(String(part?.amount ?? ''), currency);
    if (!part?.due || !amount || amount <= 0) return 'missing';
    if (part.due < last) disorder = true;
    last = part.due;
    sum += amount;
  }
  if (disorder) return 'order';
  return sum === total ? undefined : 'sum';
}
