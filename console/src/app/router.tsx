/** Every page with what its address may say. Pages are loaded when they are first opened. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { PageFault, PageNotFound } from './faults';
import { Shell } from './Shell';
import { known, parseSearch, writeSearch } from './search';

export const DOCUMENT_FILTERS = [
  'q',
  'type',
  'status',
  'flow',
  'system',
  'since',
  'until',
  'owner',
  'amount_from',
  'amount_to',
  'body',
  'standing',
] as const;
export const EXCEPTION_FILTERS = [
  'state',
  'cause',
  'code',
  'group',
  'connection',
  'flow',
  'owner',
  'assignee',
  'document',
  'since',
  'until',
] as const;

export const AUDIT_FILTERS = ['actor', 'action', 'object', 'outcome', 'since', 'until'] as const;

const root = createRootRoute({ component: Shell, notFoundComponent: PageNotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./Home'), 'Home'),
});

export const documentsRoute = createRoute({
  getParentRoute: () => root,
  path: '/docs',
  validateSearch: known([...DOCUMENT_FILTERS, 'keys', 'view']),
  component: lazyRouteComponent(() => import('../features/documents/DocumentsPage'), 'DocumentsPage'),
});

export const documentRoute = createRoute({
  getParentRoute: () => root,
  path: '/docs/$doc',
  validateSearch: known(['tab', 'step', 'instance', 'from', 'to', 'level']),
  component: lazyRouteComponent(() => import('../features/document/DocumentPage'), 'DocumentPage'),
});

export const exceptionsRoute = createRoute({
  getParentRoute: () => root,
  path: '/ops/dead-letters',
  validateSearch: known([...EXCEPTION_FILTERS, 'open', 'tab']),
  component: lazyRouteComponent(() => import('../features/exceptions/ExceptionsPage'), 'ExceptionsPage'),
});

export const opsRoute = createRoute({
  getParentRoute: () => root,
  path: '/ops',
  component: lazyRouteComponent(() => import('../features/ops/OpsPage'), 'OpsPage'),
});

export const batchesRoute = createRoute({
  getParentRoute: () => root,
  path: '/ops/batches',
  component: lazyRouteComponent(() => import('../features/batches/BatchesPage'), 'BatchesPage'),
});

export const batchRoute = createRoute({
  getParentRoute: () => root,
  path: '/ops/batches/$batch',
  validateSearch: known(['state']),
  component: lazyRouteComponent(() => import('../features/batches/BatchPage'), 'BatchPage'),
});

export const connectionsRoute = createRoute({
  getParentRoute: () => root,
  path: '/connections',
  component: lazyRouteComponent(() => import('../features/connections/ConnectionsPage'), 'ConnectionsPage'),
});

export const connectionRoute = createRoute({
  getParentRoute: () => root,
  path: '/connections/$connection',
  validateSearch: known(['tab']),
  component: lazyRouteComponent(() => import('../features/connections/ConnectionPage'), 'ConnectionPage'),
});

export const connectRoute = createRoute({
  getParentRoute: () => root,
  path: '/connect',
  validateSearch: known(['connector', 'connection', 'step', 'q']),
  component: lazyRouteComponent(() => import('../features/connecting/WizardPage'), 'WizardPage'),
});

export const flowsRoute = createRoute({
  getParentRoute: () => root,
  path: '/flows',
  component: lazyRouteComponent(() => import('../features/flows/FlowsPage'), 'FlowsPage'),
});

export const flowRoute = createRoute({
  getParentRoute: () => root,
  path: '/flows/$flow',
  validateSearch: known(['tab', 'step', 'range', 'overlay', 'against', 'only', 'at', 'instance', 'diff']),
  component: lazyRouteComponent(() => import('../features/flows/FlowPage'), 'FlowPage'),
});

export const definitionsRoute = createRoute({
  getParentRoute: () => root,
  path: '/definitions',
  validateSearch: known(['kind', 'q']),
  component: lazyRouteComponent(() => import('../features/definitions/DefinitionsPage'), 'DefinitionsPage'),
});

export const definitionRoute = createRoute({
  getParentRoute: () => root,
  path: '/definitions/$kind/$id',
  validateSearch: known(['tab', 'sample', 'rule']),
  component: lazyRouteComponent(() => import('../features/definitions/DefinitionPage'), 'DefinitionPage'),
});

export const releasesRoute = createRoute({
  getParentRoute: () => root,
  path: '/releases',
  validateSearch: known(['from', 'to']),
  component: lazyRouteComponent(() => import('../features/releases/ReleasesPage'), 'ReleasesPage'),
});

export const formsRoute = createRoute({
  getParentRoute: () => root,
  path: '/forms',
  component: lazyRouteComponent(() => import('../features/forms/FormsPage'), 'FormsPage'),
});

export const formRoute = createRoute({
  getParentRoute: () => root,
  path: '/forms/$form',
  component: lazyRouteComponent(() => import('../features/forms/FormPage'), 'FormPage'),
});

export const tasksRoute = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  validateSearch: known(['list', 'flow', 'task', 'sort', 'group']),
  component: lazyRouteComponent(() => import('../features/tasks/TasksPage'), 'TasksPage'),
});

export const reconciliationRoute = createRoute({
  getParentRoute: () => root,
  path: '/reconciliation',
  validateSearch: known(['tab', 'kind', 'connection', 'state', 'run', 'open']),
  component: lazyRouteComponent(() => import('../features/reconciliation/ReconciliationPage'), 'ReconciliationPage'),
});

export const helpRoute = createRoute({
  getParentRoute: () => root,
  path: '/help',
  validateSearch: known(['q']),
  component: lazyRouteComponent(() => import('../features/help/HelpPage'), 'HelpPage'),
});

export const settingsHomeRoute = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/SettingsPage'), 'SettingsHome'),
});

export const settingsRoute = createRoute({
  getParentRoute: () => root,
  path: '/settings/$section',
  validateSearch: known(['open', 'calendar', 'year', 'part', 'flow', 'task']),
  component: lazyRouteComponent(() => import('../features/settings/SettingsPage'), 'SettingsPage'),
});

export const auditRoute = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: known([...AUDIT_FILTERS, 'open']),
  component: lazyRouteComponent(() => import('../features/audit/AuditPage'), 'AuditPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    documentsRoute,
    documentRoute,
    exceptionsRoute,
    opsRoute,
    batchesRoute,
    batchRoute,
    connectionsRoute,
    connectionRoute,
    connectRoute,
    flowsRoute,
    flowRoute,
    definitionsRoute,
    definitionRoute,
    releasesRoute,
    tasksRoute,
    reconciliationRoute,
    helpRoute,
    settingsHomeRoute,
    settingsRoute,
    auditRoute,
    formsRoute,
    formRoute,
  ]),
  parseSearch,
  stringifySearch: writeSearch,
  search: { strict: true },
  defaultErrorComponent: PageFault,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
