import { Button, Input, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PatrolPreview, Purpose } from '../../contract/index.ts';
import { useNow } from '../state/now.ts';
import { useConsole } from '../state/store.ts';
import { launch, usePlan } from './plan-store.ts';

export const PURPOSES: readonly Purpose[] = [
  'patrol',
  'public-information',
  'incident-follow-up',
  'evidence',
  'exercise',
];

interface Props {
  readonly preview: PatrolPreview;
  /** The height field says something else than the plan. */
  readonly outdated: boolean;
  readonly onPlanAgain: () => void;
}

/** Nothing flies without a purpose; launching asks once, naming the aircraft. */
export function LaunchForm({ preview, outdated, onPlanAgain }: Props) {
  const { t } = useTranslation();
  const launching = usePlan((model) => model.state === 'launching');
  const serverOffsetMs = useConsole((model) => model.serverOffsetMs);
  const online = useConsole((model) => model.connection.state === 'online');
  const [purpose, setPurpose] = useState<Purpose | null>(null);
  const [note, setNote] = useState('');
  const [orderNumber, setOrderNumber] = useState('');
  useNow();

  const expired = Date.now() + serverOffsetMs > preview.validUntilMs;
  const names = preview.sorties.map((sortie) => sortie.vehicleName).join(', ');
  const blocked = !preview.launchable || outdated || expired || !online || purpose === null;

  const submit = () => {
    if (purpose === null) return;
    void launch({
      previewId: preview.previewId,
      purpose,
      ...(note.trim() === '' ? {} : { note: note.trim() }),
      ...(orderNumber.trim() === '' ? {} : { orderNumber: orderNumber.trim() }),
    });
  };

  if (expired) {
    return (
      <div className="launch-form">
        <p className="warn-text">{t('plan.expired')}</p>
        <Button onClick={onPlanAgain}>{t('plan.again')}</Button>
      </div>
    );
  }
  return (
    <div className="launch-form">
      <label htmlFor="plan-purpose">{t('plan.purpose')}</label>
      <Select<Purpose>
        id="plan-purpose"
        value={purpose}
        placeholder={t('plan.purpose-choose')}
        onChange={setPurpose}
        data-testid="purpose-select"
        options={PURPOSES.map((value) => ({ value, label: t(`purpose.${value}`) }))}
      />
      <label htmlFor="plan-order">{t('plan.order')}</label>
      <Input
        id="plan-order"
        value={orderNumber}
        maxLength={64}
        placeholder={t('plan.optional')}
        onChange={(event) => setOrderNumber(event.target.value)}
        data-testid="plan-order"
      />
      <label htmlFor="plan-note">{t('plan.note')}</label>
      <Input
        id="plan-note"
        value={note}
        maxLength={500}
        placeholder={t('plan.optional')}
        onChange={(event) => setNote(event.target.value)}
        data-testid="plan-note"
      />
      <p className="launch-why soft" aria-live="polite">
        {!preview.launchable
          ? t('plan.blocked')
          : outdated
            ? t('plan.outdated')
            : !online
              ? t('plan.offline')
              : purpose === null
                ? t('plan.purpose-needed')
                : t('plan.ready', { names })}
      </p>
      <Popconfirm
        title={t('plan.launch-question', { names })}
        description={t('plan.launch-consequence')}
        okText={t('plan.launch-confirm', { names })}
        cancelText={t('action.cancel')}
        okButtonProps={{ 'data-testid': 'confirm-action' } as Record<string, string>}
        onConfirm={submit}
        disabled={blocked || launching}
        placement="top"
      >
        <Button
          type="primary"
          size="large"
          block
          disabled={blocked}
          loading={launching}
          data-testid="launch-patrol"
        >
          {t('plan.launch')}
        </Button>
      </Popconfirm>
    </div>
  );
}
