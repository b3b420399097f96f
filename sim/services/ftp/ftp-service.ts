import {
  buildMessage,
  FileTransferProtocol,
  type MavLinkData,
} from '../../../firmware-bridge/codec/messages.ts';
import type { OnboardHost, OnboardService } from '../../vehicle/onboard-service.ts';
import { AUTOPILOT_COMPONENT, type Peer } from '../../vehicle/outbox.ts';
import type { FileTree } from './file-tree.ts';
import type { FtpStyle } from './ftp-answers.ts';
import { FtpServer } from './ftp-server.ts';
import { readFtpRequest, writeFtpReply } from './ftp-wire.ts';

/** MAV_PROTOCOL_CAPABILITY_FTP. */
const CAPABILITY_FTP = 32n;

/** The file server as an on-board service; `tree` is what it serves, `banner` an ArduPilot's name of itself. */
export function ftpService(host: OnboardHost, tree: FileTree, style: FtpStyle, banner = ''): OnboardService {
  const server = new FtpServer({
    tree,
    style,
    send: (to, reply) =>
      host.send(
        to,
        buildMessage(FileTransferProtocol, {
          targetNetwork: 0,
          targetSystem: to.systemId,
          targetComponent: to.componentId,
          payload: writeFtpReply(reply),
        }),
        AUTOPILOT_COMPONENT,
      ),
    onOpened: (path) => {
      // ArduPilot greets whoever fetches the parameters this way, as it does for PARAM_REQUEST_LIST.
      if (style === 'ardupilot' && path.startsWith('@PARAM/param.pck')) host.text(6, banner);
    },
  });
  return {
    name: 'ftp',
    capabilities: CAPABILITY_FTP,
    handle(message: MavLinkData, from: Peer, _targetComponent: number, wallMs: number): boolean {
      if (!(message instanceof FileTransferProtocol)) return false;
      const request = readFtpRequest(message.payload);
      if (request !== null) server.handle(request, from, wallMs);
      return true;
    },
    tick: (wallMs) => server.tick(wallMs),
    rebooted: () => server.reset(),
  };
}
