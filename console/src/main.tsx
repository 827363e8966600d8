import './ui/tokens.css';
import './ui/ui.css';
import './app/app.css';
import './features/features.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { startLook } from './app/look';
import { takeTokenFromAddress } from './app/session';
import { Languages } from './i18n';
import { consoleTexts } from './i18n/console';

takeTokenFromAddress();
startLook();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Languages texts={consoleTexts}>
        <App />
      </Languages>
    </StrictMode>,
  );
}
