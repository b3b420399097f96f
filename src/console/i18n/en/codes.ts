/** One sentence for each code that the server may give; placeholders are names of its details. */
export const codes: Readonly<Record<string, string>> = {
  'errors.console.server-unreachable': 'The server does not answer.',
  'errors.console.server-slow': 'The server did not answer in time.',
  'errors.console.bad-answer': 'The server gave an answer that makes no sense (status {{status}}).',
  'errors.console.unexpected': 'Something unexpected happened in the console.',
  'errors.accounts.session-needed': 'Sign in first.',
  'errors.accounts.session-ended': 'Your session has ended.',
  'errors.accounts.sign-in-failed': 'The user name or the password is wrong.',
  'errors.accounts.locked': 'Too many wrong passwords. Locked for {{minutes}} more min.',
  'errors.accounts.setup-closed': 'This server is set up already.',
  'errors.accounts.setup-code-wrong': 'The one-time code is wrong.',
  'errors.accounts.role-needed': 'This needs another role: {{roles}}.',
  'errors.accounts.origin-refused': 'Requests from {{origin}} are not accepted.',
  'errors.http.not-found': 'The server does not know this address.',
  'errors.http.invalid-request': 'The request is not valid ({{place}}).',
  'errors.http.too-large': 'The file is larger than this server takes.',
  'errors.http.too-many-requests': 'Too many requests. Wait a moment.',
  'errors.http.bad-request': 'The server does not understand the request.',
  'errors.http.internal': 'Something went wrong in the server.',
  'errors.fleet.unknown-vehicle': 'This aircraft is not known to the server.',
  'errors.evidence.unknown-flight': 'There is no such flight.',
  'errors.evidence.no-tlog': 'No raw log was kept of this flight.',
  'errors.evidence.bad-cursor': 'The list cannot be continued from here. Reload it.',
  'errors.command.done': 'Confirmed by the aircraft ({{confirmedBy}}).',
  'errors.command.denied': 'The aircraft refused ({{result}}).',
  'errors.command.no-answer': 'No answer for {{afterS}} s.',
  'errors.command.not-confirmed':
    'Sent, but the aircraft still reports {{observed}} instead of {{expected}}.',
  'errors.command.not-connected':
    'The aircraft is not connected. It acts by its own failsafe until the link is back.',
  'errors.command.identity-conflict': 'Two aircraft use this system id: {{endpoints}}.',
  'errors.command.unsupported': 'This aircraft cannot do that: {{what}}.',
  'errors.command.busy': 'The aircraft is busy: {{what}}.',
  'errors.command.cancelled': 'Stopped by {{by}}.',
  'errors.mission.rejected': 'The aircraft rejected the mission ({{result}}).',
  'errors.mission.no-space': 'The aircraft has no room for {{itemCount}} mission items (room: {{capacity}}).',
  'errors.mission.different':
    'What the aircraft holds differs from what was sent in {{differences}} places. It must not fly it.',
  'errors.mission.no-progress': 'The transfer stood still for {{afterS}} s.',
  'errors.mission.not-connected': 'The aircraft is not connected.',
  'errors.mission.identity-conflict': 'Two aircraft use this system id: {{endpoints}}.',
  'errors.mission.busy': 'The aircraft is busy: {{what}}.',
  'errors.mission.cancelled': 'Stopped by {{by}}.',
  'errors.patrol.unknown': 'There is no such patrol.',
  'errors.patrol.preview-expired': 'This plan is too old to be launched.',
  'errors.patrol.not-launchable': 'This plan has errors and must not be flown.',
  'errors.patrol.vehicle-reserved': '{{vehicle}} is on another patrol.',
  'errors.patrol.vehicle-lost': '{{vehicle}} is not connected.',
  'errors.patrol.vehicle-conflict': '{{vehicle}} shares its system id with another aircraft.',
  'errors.patrol.vehicle-not-copter': '{{vehicle}} is not a multicopter.',
  'errors.patrol.vehicle-armed': '{{vehicle}} is armed already.',
  'errors.patrol.vehicle-no-position': '{{vehicle}} has no position yet.',
  'errors.patrol.vehicle-no-battery': '{{vehicle}} does not report its battery.',
  'errors.patrol.vehicle-prearm': '{{vehicle}} {{reason}}.',
  'errors.patrol.vehicle-height-taken':
    '{{vehicle}} is to fly at {{wantedM}} m, but another aircraft is at {{heldM}} m now; {{spacingM}} m between them are needed.',
  'errors.patrol.vehicle-battery':
    '{{vehicle}} has {{nowPct}} %, the plan with its reserve needs {{neededPct}} %.',
  'errors.sortie.failed': 'Sortie failed over {{cell}}: {{reason}}',
  'errors.sortie.server-restarted': 'The server restarted during the launch.',
  'errors.sortie.server-error': 'The server failed during the launch.',
  'errors.bridge.thread-gone': 'The part that talks to the aircraft has stopped and is being started again.',
  'errors.vehicle.found': 'connected',
  'errors.vehicle.lost': 'link lost for {{silentForS}} s, the aircraft follows its own failsafe',
  'errors.vehicle.back': 'link back after {{silentForS}} s',
  'errors.vehicle.rebooted': 'the autopilot has restarted',
  'errors.vehicle.route': 'spoken to over {{linkId}} ({{endpoint}}) now',
  'errors.vehicle.camera-records': 'camera {{camera}} records',
  'errors.vehicle.camera-stopped': 'camera {{camera}} records no more',
  'errors.vehicle.logs-shrunk': '{{after}} logs on board instead of {{before}}, and Airgrid erased none',
  'errors.vehicle.armed': 'armed',
  'errors.vehicle.disarmed': 'disarmed',
  'errors.vehicle.recording-failed': 'recording failed: {{reason}}',
  'errors.vehicle.identity-conflict': 'Two aircraft use system id {{systemId}}: {{endpoints}}',
  'errors.plan.no-drone-ready': 'No drone is ready for this cell.',
  'errors.plan.bad-area': 'The cell cannot be read: {{reason}}.',
  'errors.plan.empty-area': 'The cell encloses {{areaM2}} m²: nothing to cover.',
  'errors.plan.bad-swath': 'A swath of {{swathWidthM}} m cannot be planned.',
  'errors.plan.area-too-large': 'The cell is too large for one plan with a swath of {{swathWidthM}} m.',
  'errors.plan.coverage-low': 'Only {{coveragePct}} % of the cell would be seen.',
  'errors.plan.cell-smaller-than-swath': 'The cell is only {{widthM}} m wide; a single pass sees all of it.',
  'errors.plan.area-in-parts': 'The cell is in {{parts}} separate parts; ways between them lead outside.',
  'errors.plan.crosses-outside': '{{legs}} legs ({{lengthM}} m) cross ground outside the cell.',
  'errors.plan.sliver-skipped': '{{parts}} slivers of together {{areaM2}} m² are not flown to.',
  'errors.grid.unknown-cell': 'This cell is not in the grid.',
  'errors.grid.not-json': 'The file is not JSON: line {{line}}, column {{column}}: {{reason}}',
  'errors.grid.not-a-feature-collection': 'A GeoJSON FeatureCollection is needed; the file holds {{found}}.',
  'errors.grid.unsupported-crs':
    'The file says its coordinates are in "{{crs}}". Export it in WGS-84 longitude, latitude.',
  'errors.grid.empty-file': 'The file has no features.',
  'errors.grid.not-a-feature': 'This entry is not a Feature but {{found}}.',
  'errors.grid.wrong-geometry': 'A cell must be a Polygon or MultiPolygon; found {{found}}.',
  'errors.grid.bad-position': 'Ring {{ring}}, position {{position}} is not a pair of numbers: {{found}}.',
  'errors.grid.coordinates-out-of-range': 'The position [{{lonDeg}}, {{latDeg}}] is not on the Earth.',
  'errors.grid.coordinates-swapped':
    'The position [{{lonDeg}}, {{latDeg}}] looks like latitude, longitude; GeoJSON wants longitude first.',
  'errors.grid.coordinates-projected':
    'The position [{{x}}, {{y}}] is in metres of a map projection; export it in WGS-84.',
  'errors.grid.ring-too-short': 'The border has only {{points}} different points; at least three are needed.',
  'errors.grid.empty-area': 'The polygon encloses {{areaM2}} m²: nothing to patrol.',
  'errors.grid.missing-id': 'The feature has no "id".',
  'errors.grid.duplicate-id':
    'This id was used before, by feature {{firstFeatureIndex}}; the first one is kept.',
  'errors.grid.bad-level': '"level" must be 1 (large), 2 (small) or 3 (micro); found {{found}}.',
  'errors.grid.unknown-parent': 'The parent {{parentId}} is not among the usable cells.',
  'errors.grid.bad-parent-level':
    'A cell of level {{level}} names {{parentId}} as parent, which is of level {{parentLevel}}.',
  'errors.grid.winding': 'Ring {{ring}} ran the wrong way round; it was turned.',
  'errors.grid.unclosed-ring': 'Ring {{ring}} was not closed; it was closed.',
  'errors.grid.duplicate-points': 'Ring {{ring}} repeated {{removed}} points; they were removed.',
  'errors.grid.spike': 'Ring {{ring}} had a spike without width; it was cut off.',
  'errors.grid.self-crossing':
    'The border crosses itself ({{crossings}} times); it was resolved into {{parts}} parts, {{keptM2}} m² kept, {{droppedM2}} m² dropped.',
  'errors.grid.bad-hole':
    'Hole {{ring}} is not properly inside its polygon; only what lies inside was cut out.',
  'errors.grid.overlapping-parts': 'Parts of the multipolygon overlap; they were merged.',
  'errors.grid.missing-name': 'The cell has no name; its id is shown instead.',
  'errors.grid.no-parent': 'A cell of level {{level}} names no parent.',
  'errors.grid.unexpected-parent': 'A large cell names a parent ({{parentId}}); it was ignored.',
  'errors.grid.bad-responsible': 'An entry of the responsible people has no name; it was left out.',
  'errors.grid.outside-parent':
    '{{outsideM2}} m² ({{outsidePct}} %) of the cell lie outside its parent {{parentId}}.',
  'errors.grid.overlap': 'The cell overlaps {{otherId}} by {{overlapM2}} m² ({{overlapPct}} %).',
  'errors.grid.gap':
    'Its {{children}} cells leave {{gapM2}} m² ({{gapPct}} %) uncovered, in {{gaps}} places, the largest at {{lonDeg}}, {{latDeg}}.',
  'errors.grid.no-files': 'No file was handed in.',
  'errors.grid.unknown-format': 'This is no GeoJSON, KML, KMZ or Shapefile; it holds {{found}}.',
  'errors.grid.bad-archive': 'The archive cannot be unpacked: {{reason}} Zip it again.',
  'errors.grid.archive-too-large':
    'The archive would unpack to {{unpackedMb}} MB or more; {{limitMb}} MB are allowed. Hand in only the files of the grid.',
  'errors.grid.bad-kml': 'The KML cannot be read: {{reason}}',
  'errors.grid.missing-part': 'The {{part}} of the Shapefile is missing; hand in all its files.',
  'errors.grid.bad-shapefile': 'The {{part}} of the Shapefile cannot be read: {{reason}}',
  'errors.grid.wrong-shape-type': 'The Shapefile holds shapes of type {{found}}; cells must be polygons.',
  'errors.grid.record-count':
    'The Shapefile has {{shapes}} shapes but its .dbf has {{records}} records; they do not belong together.',
  'errors.grid.coordinates-off-zone':
    'The position [{{x}}, {{y}}] does not lie in the zone of the stated projection; check the zone, and that the easting comes first.',
  'errors.grid.too-many-points':
    'Ring {{ring}} has {{points}} points; at most {{limit}} are read. Simplify the border and export it again.',
  'errors.grid.thinned':
    'Ring {{ring}} had {{points}} points; the {{kept}} that say the same within {{toleranceCm}} cm were kept.',
  'errors.grid.ids-from-names': 'The {{cells}} cells have no ids; their names became the ids.',
  'errors.grid.parents-by-name':
    '{{cells}} cells of level {{level}} name their parent by its name or folder; its id was put there.',
  'errors.grid.parents-by-place':
    '{{cells}} cells of level {{level}} name no parent; each got the cell above that holds most of it.',
  'errors.grid.wrong-encoding': 'The text is stated to be "{{stated}}" but is {{used}}; it was read as that.',
  'errors.grid.unreadable-text':
    '{{values}} texts hold characters that are not {{encoding}}; state the right encoding.',
  'errors.grid.looks-shifted':
    'Read as {{stated}} the file lies {{offM}} m from where it belongs; as {{looksLike}} it would fit to {{matchM}} m. State {{looksLike}} and read it again.',
  'errors.grid.looks-swapped':
    'The file lies at {{lonDeg}}, {{latDeg}}; latitude and longitude look exchanged. Write the longitude first.',
  'errors.grid.far-from-reference':
    'The file lies {{distanceKm}} km from the grid or the bases in force; check its coordinate system.',
  'errors.grid.same-geometry': 'The cell has the same border as {{otherId}}.',
  'errors.grid.overlaps-not-checked':
    'So many cells lie on each other that {{pairs}} pairs were not compared; mend the overlaps and read the file again.',
  'errors.grid.cgcs2000-as-wgs84':
    'The file is in {{crs}}; CGCS2000 agrees with WGS-84 within centimetres and is taken as it is.',
  'errors.grid.crs-assumed': 'The file does not say its coordinate system; {{crs}} was assumed.',
  'errors.grid.encoding-guessed': 'Nothing says how the text is encoded; it was read as {{used}}.',
  'errors.grid.deleted-records': '{{records}} records are marked as deleted and were left out.',
  'errors.grid.network-links-ignored': '{{links}} network links were not followed.',
  'errors.grid.files-ignored': '{{files}} files hold no cells and were not read: {{names}}',
  'errors.grid.level-by-name': 'The cells do not say their level; the name of the file says {{level}}.',
  'errors.grid.no-responsible':
    '{{cells}} of {{of}} cells of level {{level}} name nobody who is responsible.',
  'errors.plan.pattern-empty': 'There is nothing to fly: {{reason}}.',
  'errors.plan.pattern-clipped':
    '{{lengthM}} m ({{lostPct}} %) of the pattern lie outside the allowed area or in keep-outs.',
  'errors.plan.piece-unserved': '{{lengthM}} m of the pattern are not flown: {{reason}}.',
  'errors.plan.part-unserved': 'A part of {{areaM2}} m² is not flown along: {{reason}}.',
  'errors.plan.inset-empty':
    'A part of {{areaM2}} m², {{widthM}} m wide, has no room for a distance of {{insetM}} m; its middle line is flown.',
  'errors.plan.inset-in-parts': 'At {{insetM}} m from the border the area falls into {{parts}} parts.',
  'errors.plan.bad-street': 'The street {{streetId}} cannot be read: {{reason}}.',
  'errors.plan.too-many-streets':
    '{{streets}} stretches of street are too many for one plan (at most {{most}}); divide them.',
  'errors.plan.streets-merged':
    '{{streets}} stretches ({{lengthM}} m) are seen from a parallel one and are not flown themselves.',
  'errors.plan.street-unserved': '{{lengthM}} m of {{streetId}} are not flown: {{reason}}.',
  'errors.plan.point-unreachable': '{{name}} is left out: no allowed way leads there.',
  'errors.plan.point-out-of-window':
    '{{name}} is left out: it cannot be reached by {{latestS}} s after the beginning.',
  'errors.plan.bad-request': 'The plan was asked for with a wrong value: {{field}} is {{value}}.',
  'errors.plan.battery-too-low':
    'No drone has more battery than its reserve; the fullest, {{vehicle}}, has {{remainingPct}} % of {{reservePct}} % reserve.',
  'errors.plan.too-far':
    '{{vehicle}} cannot reach the cell ({{distanceM}} m) and return: it needs {{needPct}} %, {{availablePct}} % is above the reserve.',
  'errors.plan.mission-too-long':
    'The autopilot of {{vehicle}} holds {{capacity}} mission items; {{items}} are needed.',
  'errors.plan.wind-too-strong': 'Leg {{leg}} cannot be flown in wind of {{windMps}} m/s from {{fromDeg}}°.',
  'errors.plan.no-base': 'None of the {{offered}} bases offered can be landed at.',
  'errors.plan.vehicle-in-zone': '{{vehicleId}} stands in {{zone}} or its margin and is left out.',
  'errors.plan.no-way': '{{vehicle}} has no way to {{lonDeg}}, {{latDeg}} and back.',
  'errors.plan.reserve-low':
    '{{vehicle}} is planned down to {{reservePct}} % of its battery; the usual reserve is {{defaultPct}} %.',
  'errors.plan.bad-flight-record':
    'Flight {{flight}} is not used for calibration: its {{field}} is {{value}}.',
  'errors.plan.calibration-refused':
    'The profile is kept: {{figure}} would be {{value}}; believable is {{least}} to {{most}}.',
  'errors.plan.no-height-layer':
    '{{needed}} height layers are needed; {{available}} are free below {{maxRelativeAltitudeM}} m.',
  'errors.plan.not-enough-drones':
    'Covering this cell takes {{needed}} drones at once; ready are {{available}}.',
  'errors.airspace.bad-zone': 'The zone {{zoneId}} cannot be used: {{field}} {{reason}}.',
  'errors.airspace.duplicate-zone': 'Two zones are called {{zoneId}}.',
  'errors.airspace.zone-without-effect':
    'The altitude zone {{zoneId}} names neither a lowest nor a highest height, so it changes nothing.',
  'errors.airspace.bad-request': 'The airspace was asked for with a wrong value: {{field}} is {{value}}.',
  'errors.airspace.bad-boundary': 'The boundary cannot be used: it {{reason}}.',
  'errors.airspace.no-room': 'The boundary leaves no room when {{marginM}} m are kept from it.',
  'errors.airspace.datum-undecided':
    'The heights of zone {{zoneId}} cannot be compared with the flight’s; it is kept out of at every height.',
  'errors.airspace.no-height': 'There is no height at which all of the area may be flown over ({{zoneIds}}).',
  'errors.airspace.end-in-zone':
    'Start or destination lies in {{zone}} or its margin; the nearest allowed point is {{distanceM}} m away.',
  'errors.airspace.end-outside-boundary':
    'Start or destination lies outside the boundary; the nearest allowed point is {{distanceM}} m away.',
  'errors.airspace.no-way': 'No way leads there at this height: {{zones}} shut it in.',
  'errors.airspace.area-blocked': 'Nothing of the area is left to fly over.',
  'errors.airspace.area-reduced': '{{areaM2}} m² of the area are left out for zones ({{zoneIds}}).',
  'errors.airspace.part-unreachable': 'A part of {{areaM2}} m² cannot be reached.',
  'errors.airspace.bad-lane':
    'The lane {{laneId}} of base {{baseId}} cannot be used: {{field}} is {{value}}.',
  'errors.airspace.lane-blocked': 'The lane {{laneId}} is closed by {{zone}} at {{heightM}} m.',
  'errors.airspace.lane-level': 'The lane {{laneId}} is not flown at {{heightM}} m.',
  'errors.airspace.no-lane': 'The base {{baseId}} has no open lane for this flight ({{use}}).',
  'errors.deconflict.bad-request':
    'The flights were to be kept apart with a wrong value: {{field}} is {{value}}.',
  'errors.deconflict.bad-flight': 'The flight {{flightId}} cannot be placed: {{field}} is {{value}}.',
  'errors.deconflict.unsolved':
    '{{flightId}} cannot be kept apart from {{otherFlightId}}: they would come to {{horizontalM}} m and {{verticalM}} m in height.',
  'errors.deconflict.fixed-conflict':
    '{{flightId}} and {{otherFlightId}} are both in the air and come to {{horizontalM}} m and {{verticalM}} m in height.',
  'errors.deconflict.heights-not-comparable':
    'The heights of {{flights}} flights cannot be compared with the others’; they are kept apart in plan and time.',
  'errors.format.unknown': '{{name}} is none of the mission files that are read.',
  'errors.format.not-json': 'The file is not JSON: line {{line}}, column {{column}}.',
  'errors.format.not-a-plan': 'This is not a QGroundControl plan file.',
  'errors.format.bad-item': 'Item {{item}} of the file cannot be read: {{field}} is missing or not a number.',
  'errors.format.bad-row': 'Line {{line}} of the file cannot be read: {{field}} is missing or not a number.',
  'errors.format.complex-item': 'Item {{item}} ({{complexItemType}}) comes without its waypoints.',
  'errors.format.not-waypoints': 'The first line must be “QGC WPL 110”; found “{{found}}”.',
  'errors.format.bad-xml': 'The file cannot be read: {{reason}}',
  'errors.format.bad-archive': 'The archive cannot be unpacked: {{reason}}',
  'errors.format.empty': 'The file holds no lines, points or areas.',
  'errors.format.bad-fence': 'A part of the fence cannot be read and was left out: {{place}}.',
  'errors.format.bad-position': 'A position cannot be read and was left out: {{place}}, {{found}}.',
  'errors.format.bad-header': 'An entry of the file cannot be read: {{field}} is {{found}}.',
  'errors.format.unknown-jump': 'Item {{item}} jumps to {{target}}, which is not in the file.',
  'errors.format.survey-flattened':
    'Item {{item}} ({{complexItemType}}) was read as its waypoints; its drawing is not kept.',
  'errors.format.no-auto-continue': 'Item {{item}} shall stop the mission; Airgrid’s missions go on.',
  'errors.format.row-order':
    'Line {{line}} has the number {{index}}; {{expected}} was expected. The order of the file counts.',
  'errors.format.left-out': '{{count}} entries of the file were left out ({{what}}).',
  'errors.format.height-assumed':
    'The heights of {{points}} points are taken as {{datum}}: the file does not say.',
  'errors.format.moved-point': '{{place}} was moved on a map; it is read where it is drawn.',
  'errors.format.no-heights': '{{points}} points have no height and stand at 0 m.',
  'errors.format.cannot-hold': '{{format}} has no room for {{what}} ({{count}}).',
  'errors.terrain.bad-tile': 'The elevation tile {{name}} cannot be used: {{reason}}.',
  'errors.terrain.unknown-ground': 'The height of the ground at {{latDeg}}, {{lonDeg}} is not known.',
  'errors.terrain.above-limit':
    'The path is {{heightM}} m above the ground at {{latDeg}}, {{lonDeg}}; the limit is {{limitM}} m.',
  'errors.terrain.too-low':
    'The path is only {{clearanceM}} m above the ground at {{latDeg}}, {{lonDeg}}; asked are {{askedM}} m.',
  'errors.items.bad-path': 'Point {{point}} of the path has a senseless value: {{field}} is {{value}}.',
  'errors.items.no-terrain-frame':
    'This autopilot ({{autopilot}}) cannot follow the ground by itself; turn the path into fixed heights first.',
  'errors.items.mixed-heights':
    'Mission item {{item}} counts its height from something else than the others (frame {{frame}}).',
  'errors.items.not-a-path-command':
    'Mission item {{item}} (command {{command}}) has no place in a path and was left out.',
  'errors.items.seconds-rounded':
    'At {{points}} points the stay was rounded up to whole seconds, as the autopilot needs it.',
  'errors.plan.persistent-too-far':
    'Cell {{cellId}} takes {{needS}} s in the air from the nearest base; a battery gives {{haveS}} s.',
  'errors.plan.persistent-no-way': 'No drone can fly to cell {{cellId}}.',
  'errors.plan.persistent-no-pad': '{{vehicle}} finds no free pad: base {{baseId}}.',
  'errors.plan.persistent-worse':
    '{{cells}} cells are visited less often now; {{cellId}} every {{afterMin}} min in place of every {{beforeMin}} min.',
  'errors.plan.relay-too-far':
    'The post cannot be held: the ways there and back take {{needS}} s, a battery gives {{haveS}} s.',
  'errors.plan.relay-not-enough':
    'Holding the post without a gap takes {{needed}} drones; {{available}} are there.',
  'errors.verify.no-sorties': 'The checker found no flight in the plan.',
  'errors.verify.bad-item': 'The checker found a mission item with a senseless value ({{field}}).',
  'errors.verify.null-island': 'The checker found a waypoint at 0, 0.',
  'errors.verify.bad-frame': 'The checker found a height that is not relative to home.',
  'errors.verify.no-takeoff': 'The checker found a flight that does not begin with a take-off.',
  'errors.verify.no-return': 'The checker found a flight that does not end with a return.',
  'errors.verify.altitude': 'The checker found a waypoint at {{altitudeM}} m; planned is {{plannedM}} m.',
  'errors.verify.altitude-limit':
    'The checker found a waypoint at {{altitudeM}} m; the limit is {{limitM}} m.',
  'errors.verify.layers-too-close': 'Two flights are only {{distanceM}} m apart in height.',
  'errors.verify.coverage-low': 'Only {{coveragePct}} % of the cell is covered.',
  'errors.verify.coverage-below-target': '{{coveragePct}} % of the cell is covered; the target is 99.5 %.',
  'errors.verify.outside': 'The path leaves the cell by {{outsideM}} m.',
  'errors.verify.unreadable-area': 'The checker cannot read the outline of the cell.',
  'errors.verify.check-failed':
    'The checker refuses the mission: {{check}} {{figure}} {{unit}} (limit {{limit}}).',
  'errors.verify.check-remarked': 'The checker remarks on {{check}}: {{figure}} {{unit}} (limit {{limit}}).',
  'errors.transport.closed-by-peer': 'The other side closed the connection; it is tried again.',
  'errors.transport.device-missing': 'The serial device is not there: plug the radio or cable in.',
  'errors.transport.host-unknown': 'The host cannot be found: check its name and the network.',
  'errors.transport.open-failed': 'The link cannot be opened.',
  'errors.transport.permission-denied': 'The system does not let the server open this link.',
  'errors.transport.port-busy': 'The port is used by another program: close it or choose another port.',
  'errors.transport.refused': 'The other side refuses the connection: start it, or check the port.',
};
