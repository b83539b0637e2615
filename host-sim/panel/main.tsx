import './styles/main.css';
import { render } from 'preact';
import { App } from './app/app.js';
import { Session } from './net/session.js';

const session = new Session();
// The link's code is off the address before anything is drawn.
await session.start();
render(<App session={session} />, document.getElementById('app')!);
