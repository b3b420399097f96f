import { describe, expect, it } from 'vitest';
import type { BridgeEvent, LinkId, VehicleId } from '../../firmware-bridge/model.ts';
import { NoticeBoard } from './notices.ts';

const V = 'ap-1' as VehicleId;
const link = (linkId: string) => ({ linkId: linkId as LinkId, endpoint: `${linkId}:1` });

function noticeOf(event: BridgeEvent) {
  const board = new NoticeBoard(
    () => 'D-01',
    () => 0,
  );
  board.handle(event);
  return board.recent()[0] ?? null;
}

describe('the event list', () => {
  it('tells a recording that nobody here asked for louder than one that was', () => {
    const event = { kind: 'camera-recording-changed', vehicleId: V, cameraId: '100', atMs: 0 } as const;
    expect(noticeOf({ ...event, recording: true, commanded: false })).toMatchObject({
      ...{ severity: 'warning', code: 'vehicle.camera-records', vehicleName: 'D-01' },
    });
    expect(noticeOf({ ...event, recording: true, commanded: true })?.severity).toBe('info');
    expect(noticeOf({ ...event, recording: false, commanded: false })?.code).toBe('vehicle.camera-stopped');
  });

  it('takes logs that vanish from an aircraft for an alarm', () => {
    const notice = noticeOf({ kind: 'onboard-logs-shrunk', vehicleId: V, before: 7, after: 0, atMs: 0 });
    expect(notice).toMatchObject({ severity: 'alarm', details: { before: 7, after: 0 } });
  });

  it("does not say PX4's events a second time beside their texts", () => {
    const event = { kind: 'autopilot-event', vehicleId: V, eventId: 1, name: null, atMs: 0 } as const;
    expect(noticeOf({ ...event, severity: 2, text: 'Battery critical' })).toBeNull();
  });

  it('says by which link an aircraft is spoken to now', () => {
    const event = {
      kind: 'vehicle-route',
      vehicleId: V,
      from: link('radio'),
      to: link('cellular'),
      atMs: 0,
    } as const;
    expect(noticeOf(event)).toMatchObject({ severity: 'info', details: { linkId: 'cellular' } });
  });
});
