import { describeAllowed } from './load-settings.ts';
import { listSettings } from './settings.ts';

/** docs/configuration.md, made from the schema; a test holds the file against it (`REGEN=1` writes it anew). */
export function settingsDocument(): string {
  const groups = new Map<string, string[]>();
  for (const info of listSettings()) {
    const group = info.path.includes('.') ? (info.path.split('.')[0] ?? '') : 'links';
    const fallback = JSON.stringify(info.default);
    const row = `| \`${info.path}\` | \`${info.env}\` | ${describeAllowed(info)} | \`${fallback}\` | ${info.description.replaceAll('|', '\\|')} |`;
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const tables = [...groups].map(
    ([group, rows]) =>
      `## ${group}\n\n| setting | environment | allowed | default | meaning |\n|---|---|---|---|---|\n${rows.join('\n')}\n`,
  );
  return `# Configuration

<!-- Made from src/config/settings.ts: change it there, then \`REGEN=1 npx vitest run src/config\`. -->

Settings come from a file (\`--config airgrid.yaml\`, YAML or JSON), the environment and flags; flags win over the
environment, the environment over the file. Any setting can be given as a flag: \`--set server.port=8081\`. Lists are
separated by commas in the environment and in flags. A wrong setting stops the start with a message that names it, its
value and what is allowed; an unknown one does too.

\`\`\`yaml
# airgrid.yaml
server: { host: 0.0.0.0, port: 8443, tlsCertFile: /etc/airgrid/cert.pem, tlsKeyFile: /etc/airgrid/key.pem }
data: { dir: /var/lib/airgrid }
links:
  - udp-listen://0.0.0.0:14550
  - serial:///dev/ttyUSB0?baud=57600
fleet: { names: ["1=D-01", "2=D-02"] }
\`\`\`

${tables.join('\n')}`;
}
