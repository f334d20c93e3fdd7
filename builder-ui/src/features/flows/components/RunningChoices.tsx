import { Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import type { Impact, RunningChoice } from '../api/flows';

const choices: RunningChoice[] = ['finish', 'move', 'stop'];

type Props = {
  impact: Pick<Impact, 'runs' | 'steps'>;
  running: RunningChoice;
  steps: Record<string, RunningChoice>;
  onRunning: (choice: RunningChoice) => void;
  onSteps: (steps: Record<string, RunningChoice>) => void;
};

/** What becomes of the runs under way: one answer for all, or another one for those at a step. */
export function RunningChoices({ impact, running, steps, onRunning, onSteps }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  if (impact.runs === 0) return <p className="panel-about">{t('designer.publish.noRuns')}</p>;
  return (
    <>
      <p className="panel-section">{t('designer.publish.runs', { count: impact.runs })}</p>
      <Radio.Group
        aria-label={t('flow.running')}
        className="setup-choice"
        value={running}
        onChange={({ target }) => onRunning(target.value)}
      >
        {choices.map((choice) => (
          <Radio key={choice} value={choice}>
            <strong>{t(`flow.runningChoice.${choice}`)}</strong>
            <span>{t(`flow.runningText.${choice}`)}</span>
          </Radio>
        ))}
      </Radio.Group>
      {impact.steps.length > 0 && (
        <details className="panel-more">
          <summary>{t('designer.publish.perStep')}</summary>
          <ul className="impact-steps">
            {impact.steps.map(({ node, sentence: words, runs, gone }) => {
              const name = format.text(words) || node;
              return (
                <li key={node}>
                  <span className="impact-runs num">{format.number(runs)}</span>
                  <span className="impact-step" dir="auto">
                    {name}
                    {gone && <span className="impact-gone">{t('designer.publish.gone')}</span>}
                  </span>
                  <Select
                    size="small"
                    aria-label={t('designer.publish.stepChoice', { name })}
                    popupMatchSelectWidth={false}
                    value={steps[node] ?? 'all'}
                    options={[
                      { value: 'all', label: t('designer.publish.asAll') },
                      ...choices.map((choice) => ({
                        value: choice,
                        label: t(`flow.runningChoice.${choice}`),
                        disabled: gone && choice === 'move',
                      })),
                    ]}
                    onChange={(choice) => {
                      const { [node]: _, ...rest } = steps;
                      onSteps(choice === 'all' ? rest : { ...rest, [node]: choice as RunningChoice });
                    }}
                  />
                </li>
              );
            })}
          </ul>
        </details>
      )}
    </>
  );
}
