import type { KeyScope } from '@toogit/runs';
import type { FastifyInstance } from 'fastify';

/**
 * Who may call a route: whoever can reach it, or keys with at least this scope. Keys of which kind: of a `project`, which
 * see what their project has; of the `installation` (of no project), for what concerns everybody; or `any`: a project's
 * for its own, the installation's for all.
 */
export type RouteAccess = 'public' | { scope: KeyScope; keys: 'project' | 'installation' | 'any' };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
  interface FastifyInstance {
    /** Every route with its access, in order of registration. */
    routeTable: { method: string; url: string; access: RouteAccess }[];
  }
}

export const publicRoute = { access: 'public' } as const;
export const projectRead = { access: { scope: 'read', keys: 'project' } } as const;
export const projectSubmit = { access: { scope: 'submit', keys: 'project' } } as const;
export const anyAdmin = { access: { scope: 'admin', keys: 'any' } } as const;
export const installationAdmin = { access: { scope: 'admin', keys: 'installation' } } as const;

/** Routes that libraries register: the page of the document, the queue board, preflights. */
const libraryRoutes: [url: RegExp, declared: { access: RouteAccess }][] = [
  [/^\/docs(\/|$)/, publicRoute],
  [/^\/admin\/queues(\/|$)/, installationAdmin],
  [/^\*$/, publicRoute],
];

/** From now on a route that does not declare its access cannot be registered. */
export function requireRouteAccess(app: FastifyInstance): void {
  app.decorate('routeTable', []);
  app.addHook('onRoute', (route) => {
    const { url, method } = route;
    const access = route.config?.access ?? libraryRoutes.find(([form]) => form.test(url))?.[1].access;
    if (access === undefined) throw new Error(`Route ${method} ${url} must declare \`config.access\`.`);
    route.config = { ...route.config, access };
    for (const each of [method].flat()) app.routeTable.push({ method: each, url, access });
  });
}
