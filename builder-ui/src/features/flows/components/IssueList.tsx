import { ExclamationCircleFilled, WarningFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
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
                  <span>{asSentence(issue.message)}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** A finding that stands by itself; the server's begins small, to follow a place. */
const asSentence = (message: string) => message.charAt(0).toLocaleUpperCase() + message.slice(1);

/** Where each finding can be mended when it is not at the step. */
const elsewhere: Record<string, { to: string; text: string }> = {
  noChannelReady: { to: '/settings/channels', text: 'designer.toChannels' },
};

/** What the mark on a step means, said where the step is opened. Wrong settings say so at their own places. */
export function StepIssues({ id }: { id: string }) {
  const { t } = useTranslation();
  const issues = useDesigner((state) => state.inspection?.issues);
  const own = (issues ?? []).filter(({ node, severity }) => node === id && severity !== 'error');
  return own.map(({ key, pointer, message }) => {
    const way = elsewhere[key];
    return (
      <p key={pointer + key} className="step-warning" role="note">
        <WarningFilled aria-hidden />
        <span>
          {asSentence(message)} {way && <Link to={way.to}>{t(way.text)}</Link>}
        </span>
      </p>
    );
  });
}
