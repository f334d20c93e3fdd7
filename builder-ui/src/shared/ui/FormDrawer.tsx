import { Alert, App, Button, Drawer, Form, type FormInstance, Grid } from 'antd';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';
import { errorText } from './states';

type Values = Record<string, unknown>;
type Props<V> = {
  open: boolean;
  onClose: () => void;
  title: string;
  sub?: ReactNode;
  submit: string;
  danger?: boolean;
  /** Nothing can be saved yet; what is in the drawer says why. */
  blocked?: boolean;
  done?: string;
  initial?: Partial<V>;
  onSubmit: (values: V) => Promise<unknown>;
  /** What follows what was saved; the drawer closes if nothing is said. */
  onSaved?: () => void;
  children: ReactNode | ((form: FormInstance) => ReactNode);
};

/**
 * A form at the side of the page. Errors the server reports stand at their fields; anything else above the
 * buttons. Nothing typed is lost when saving is refused.
 */
export function FormDrawer<V extends object>(props: Props<V>) {
  const { open, onClose, title, sub, submit, danger, blocked, done, initial, onSubmit, onSaved, children } =
    props;
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm();
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<{ title: string; text: string }>();
  const id = useId();
  const phone = Grid.useBreakpoint().md === false;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new opening starts from the values of that moment
  useEffect(() => {
    if (!open) return;
    setError(undefined);
    form.resetFields();
    form.setFieldsValue(initial ?? {});
  }, [open]);

  const save = async (values: Values) => {
    setSaving(true);
    setError(undefined);
    try {
      await onSubmit(values as V);
      if (done) message.success(done);
      const stored = form.getFieldsError().map(({ name }) => ({ name, touched: false }));
      form.setFields(stored as Parameters<typeof form.setFields>[0]);
      (onSaved ?? onClose)();
    } catch (cause) {
      const rest = placeErrors(form, cause);
      if (rest) setError(errorText(cause, t));
    } finally {
      setSaving(false);
    }
  };

  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={title}
      size={phone ? '100%' : 440}
      destroyOnHidden
      afterOpenChange={(shown) => (shown ? focusFirst(id) : rescueFocus())}
      footer={
        <div className="drawer-foot">
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            type="primary"
            danger={danger}
            disabled={blocked}
            htmlType="submit"
            form={id}
            loading={saving}
          >
            {submit}
          </Button>
        </div>
      }
    >
      {sub && <p className="drawer-sub">{sub}</p>}
      <Form
        id={id}
        form={form}
        layout="vertical"
        onFinish={save}
        scrollToFirstError={{ focus: true }}
        disabled={saving}
        validateTrigger="onBlur"
      >
        {typeof children === 'function' ? children(form) : children}
        {error && <Alert type="error" role="alert" showIcon title={error.title} description={error.text} />}
      </Form>
    </Drawer>
  );
}

/** Puts field errors at their fields; true when something is left to say elsewhere. */
function placeErrors(form: FormInstance, cause: unknown): boolean {
  if (!(cause instanceof ApiError)) return true;
  const known = new Set(Object.keys(form.getFieldsValue(true)));
  for (const field of form.getFieldsError()) known.add(String(field.name[0]));
  const entries = Object.entries(cause.fields);
  const placed = entries.filter(([name]) => known.has(name.split('.')[0] ?? ''));
  form.setFields(placed.map(([name, message]) => ({ name: name.split('.')[0] as never, errors: [message] })));
  const first = placed[0]?.[0].split('.')[0];
  if (first) form.getFieldInstance(first)?.focus?.();
  return placed.length === 0 || placed.length < entries.length;
}

/** Somebody quicker than the drawer may already be in a field; that focus is theirs. */
function focusFirst(id: string) {
  const form = document.getElementById(id);
  if (!form || form.contains(document.activeElement)) return;
  const fields = 'input:not([disabled]):not([type=hidden]), textarea, [role="combobox"]';
  form.querySelector<HTMLElement>(fields)?.focus();
}

/** A drawer opened from a menu cannot give the focus back to an item that is gone; the page takes it then. */
function rescueFocus() {
  if (document.activeElement === document.body)
    document.getElementById('main')?.focus({ preventScroll: true });
}
