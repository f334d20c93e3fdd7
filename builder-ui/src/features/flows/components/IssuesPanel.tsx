import { CheckCircleFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Issue } from '../api/designer';
import { useDesigner } from '../store/designer';
import { IssueList } from './IssueList';

/** The checklist before going live. Each finding leads to the place that mends it. */
export default function IssuesPanel({ onJump }: { onJump: (issue: Issue) => void }) {
  const { t } = useTranslation();
  const issues = useDesigner((state) => state.inspection?.issues);
  const errors = issues?.filter(({ severity }) => severity === 'error') ?? [];
  const warnings = issues?.filter(({ severity }) => severity !== 'error') ?? [];
  const idle = warnings.some(({ key }) => key === 'noSteps');
  return (
    <div className="panel-body">
      <h2 className="panel-title">{t('designer.checklist')}</h2>
      <p className="panel-about">{t('designer.checklistHelp')}</p>
      {issues && errors.length === 0 && !idle && (
        <p className="finding finding-good">
          <CheckCircleFilled aria-hidden /> {t('designer.noErrors')}
        </p>
      )}
      <IssueList title={t('designer.mustFix')} issues={errors} onJump={onJump} />
      <IssueList title={t('designer.shouldLook')} issues={warnings} onJump={onJump} />
    </div>
  );
}
