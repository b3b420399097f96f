import { Button, Popover } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SafetyAction } from '../../contract/index.ts';
import { stateColour } from '../theme/tokens.ts';
import { actOn } from './actions.ts';
import { GLYPH_PATHS } from './drone-state.ts';

const LOOK: Readonly<Record<SafetyAction, { readonly glyph: string; readonly tint: string }>> = {
  hold: { glyph: GLYPH_PATHS.hold, tint: stateColour.hold },
  resume: { glyph: GLYPH_PATHS.mission, tint: stateColour.mission },
  return: { glyph: GLYPH_PATHS.return, tint: stateColour.return },
  land: { glyph: GLYPH_PATHS.landing, tint: stateColour.vertical },
};

interface Props {
  readonly action: SafetyAction;
  readonly vehicleIds: readonly string[];
  /** Call signs as the question names them. */
  readonly names: string;
  readonly busy: boolean;
}

/** Hold acts at once, it only ever makes things calmer. The others ask once, naming the aircraft. */
export function ActionButton({ action, vehicleIds, names, busy }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const confirmButton = useRef<HTMLButtonElement>(null);
  const { glyph, tint } = LOOK[action];
  const disabled = vehicleIds.length === 0;

  const button = (
    <button
      type="button"
      className="action-button"
      style={{ '--tint': tint } as React.CSSProperties}
      disabled={disabled}
      aria-busy={busy}
      data-testid={`action-${action}`}
      title={t(`action.${action}-title`)}
      onClick={action === 'hold' ? () => actOn(vehicleIds, 'hold') : undefined}
    >
      <svg className="action-glyph" width="20" height="20" viewBox="0 0 16 16" fill="none" aria-hidden="true">
        <path
          d={glyph}
          stroke="currentColor"
          strokeWidth="1.7"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span>{t(`action.${action}`)}</span>
    </button>
  );
  if (action === 'hold') return button;

  const confirm = () => {
    setAsking(false);
    actOn(vehicleIds, action);
  };
  return (
    <Popover
      trigger="click"
      open={asking && !disabled}
      onOpenChange={setAsking}
      // Enter confirms. Not autoFocus: it would scroll the page to where the bubble is before it is placed.
      afterOpenChange={(shown) => shown && confirmButton.current?.focus({ preventScroll: true })}
      placement="top"
      destroyOnHidden
      content={
        <div className="confirm">
          <p>{t(`action.${action}-question`, { names })}</p>
          <p className="soft">{t(`action.${action}-consequence`)}</p>
          <div className="confirm-buttons">
            <Button onClick={() => setAsking(false)}>{t('action.cancel')}</Button>
            <Button ref={confirmButton} type="primary" data-testid="confirm-action" onClick={confirm}>
              {t(`action.${action}-confirm`, { names })}
            </Button>
          </div>
        </div>
      }
    >
      {button}
    </Popover>
  );
}
