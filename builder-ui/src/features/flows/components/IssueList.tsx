import { ExclamationCircleFilled, WarningFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Issue } from '../api/designer';
import { useStepTexts } from '../canvas/texts';
import { useDesigner } from '../store/designer';

export function IssueList({
  title,
  issues,
  onJump,
}: {
  title: string;
  issues: Issue[];
  onJump: (issue: Issue) => void;
}) {
  const { t } = useTranslation();
  const graph = useDesigner((state) => state.graph);
  const texts = useStepTexts(useDesigner((state) => state.catalog));
  if (issues.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="panel-section">{title}</h3>
      <ul className="issues">
        {issues.map((issue) => {
          const node = issue.node ? graph.nodes[issue.node] : undefined;
          return (
            <li key={`${issue.pointer}${issue.key}`}>
              <button type="button" className={`issue issue-${issue.severity}`} onClick={() => onJump(issue)}>
                {issue.severity === 'error' ? (
                  <ExclamationCircleFilled aria-hidden />
                ) : (
                  <WarningFilled aria-hidden />
                )}
                <span>
                  <span className="issue-where" dir="auto">
                    {node ? texts.title(node) : t('designer.wholeFlow')}
                  </span>
                  <span>{issue.message}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
