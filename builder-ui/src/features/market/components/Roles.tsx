import { Checkbox } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRoleWords } from '@/shared/access/useRoleWords';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import type { Plan, RoleRights, Rule } from '../api/packs';

type Props = { plan: Plan; granted: string[]; onGrant: (granted: string[]) => void };

/** The roles that a pack proposes, right by right: none is given by itself, an administrator ticks it. */
export function Roles({ plan, granted, onGrant }: Props) {
  const { t } = useTranslation();
  const rights = plan.rights ?? [];
  if (rights.length === 0) return null;
  return (
    <div className="pack-part">
      <h3 className="pack-part-title">{t('market.roles')}</h3>
      <p className="list-sub">{t('market.rolesText')}</p>
      {rights.map((one) => (
        <Proposed
          key={one.role}
          rights={one}
          plan={plan}
          ticked={granted.includes(one.role)}
          onTick={(on) => onGrant(on ? [...granted, one.role] : granted.filter((key) => key !== one.role))}
        />
      ))}
    </div>
  );
}

type OneProps = { rights: RoleRights; plan: Plan; ticked: boolean; onTick: (on: boolean) => void };

function Proposed({ rights, plan, ticked, onTick }: OneProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useCan('role.write');
  const object = plan.objects?.find(({ kind, as }) => kind === 'roles' && as === rights.role);
  const name = format.text(object?.name) || rights.role;
  return (
    <div className="pack-field">
      <fieldset className="pack-role">
        <legend className="pack-field-name">{name}</legend>
        <Rows title={t('market.roleAdds')} rules={rights.adds ?? []} />
        <Rows title={t('market.roleTakes')} rules={rights.takes ?? []} />
        <Checkbox checked={ticked} disabled={!may} onChange={({ target }) => onTick(target.checked)}>
          {t('market.grant', { name })}
        </Checkbox>
        {!may && <p className="list-sub">{t('market.grantDenied')}</p>}
      </fieldset>
    </div>
  );
}

function Rows({ title, rules }: { title: string; rules: Rule[] }) {
  const { t } = useTranslation();
  const words = useRoleWords();
  if (rules.length === 0) return null;
  return (
    <>
      <p className="list-sub">{title}</p>
      <ul className="why">
        {rules.map((rule) => (
          <li key={JSON.stringify(rule)}>
            {rule.effect === 'deny' && `${t('market.never')} `}
            {words.sentence({ ...rule, actions: [rule.action] })}
          </li>
        ))}
      </ul>
    </>
  );
}
