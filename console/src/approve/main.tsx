/** The page behind a card in a chat: one task, on a phone. Small on purpose; it shares only what is light with the console. */
import '../ui/tokens.css';
import '../ui/ui.css';
import './phone.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startLook } from '../app/look';
import { takeTokenFromAddress } from '../app/session';
import { Languages } from '../i18n';
import { phoneTexts } from '../i18n/phone';
import { Phone } from './Phone';

takeTokenFromAddress();
startLook();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Languages texts={phoneTexts}>
        <Phone task={decodeURIComponent(location.pathname.split('/')[2] ?? '')} />
      </Languages>
    </StrictMode>,
  );
}
