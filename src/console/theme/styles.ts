/** All style sheets in the order in which they may override one another. */
import './global.css';
import './antd-touches.css';
import '../app/shell.css';
import '../sign-in/entrance.css';
import '../operate/operate.css';
import '../grid/grid.css';
import '../fleet/fleet.css';
import '../patrol/patrol.css';
import '../notices/notices.css';
import '../map/map.css';
import '../airspace/airspace.css';
import '../flights/flights.css';
