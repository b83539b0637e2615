import { createHash } from 'node:crypto';
import { GUIDE, GUIDE_NAV } from './docs-guide.js';

// biome-ignore lint/suspicious/noExplicitAny: the document is JSON of many shapes
type Json = any;

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #2563eb; }
@media (prefers-color-scheme: dark) { :root { --accent: #7aa2ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; border-right: 1px solid var(--line); font-size: 13px; }
nav a { display: block; padding: 1px 0; text-decoration: none; color: inherit; }
nav a:hover, nav a:focus-visible { color: var(--accent); text-decoration: underline; }
nav strong { display: block; margin-top: .8rem; }
main { padding: 1rem 2rem 4rem; max-width: 64rem; }
article { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1rem; }
h3 { margin: 0; font-size: 1.05rem; } h4 { margin: 1rem 0 .3rem; font-size: .9rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); padding: .7rem; overflow: auto; border-radius: 6px; margin: .3rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); }
.method { color: var(--accent); font-weight: 600; }
.quiet { opacity: .75; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1rem; } }
`;

/** Allows the page its own style and nothing else: no script, no image, no other place. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The reference for people: one page that needs nothing from outside, made of the OpenAPI document. */
export function renderDocs(document: Json): string {
  const operations = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const sections = document.tags
    .map((tag: Json) => ({ ...tag, own: operations.filter(({ operation }) => operation.tags?.[0] === tag.name) }))
    .concat({ name: 'Other', description: '', own: operations.filter(({ operation }) => !operation.tags) })
    .filter((section: Json) => section.own.length > 0);
  const nav = sections
    .map(
      (section: Json) =>
        `<strong>${escapeHtml(section.name)}</strong>${section.own
          .map(
            ({ operation }: Json) =>
              `<a href="#${escapeHtml(operation.operationId)}">${escapeHtml(operation.summary)}</a>`,
          )
          .join('')}`,
    )
    .join('');
  const body = sections
    .map(
      (section: Json) =>
        `<section><h2>${escapeHtml(section.name)}</h2><p>${prose(section.description)}</p>${section.own
          .map((own: Json) => renderOperation(own, document))
          .join('')}</section>`,
    )
    .join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(document.info.title)}</title><style>${STYLE}</style></head>
<body><nav aria-label="Operations"><a href="/openapi.json">OpenAPI document</a>${GUIDE_NAV}${nav}</nav>
<main><h1>${escapeHtml(document.info.title)} <span class="quiet">v${escapeHtml(document.info.version)}</span></h1>
<p>${prose(document.info.description)}</p>${GUIDE}${body}</main></body></html>
`;
}

function renderOperation({ path, method, operation }: Json, document: Json): string {
  const ok = operation.responses[200]?.content['application/json'];
  // Where every answer has the status 200, its success comes first.
  const success = ok?.schema.anyOf?.[0] ?? ok?.schema;
  const content = operation.requestBody?.content ?? {};
  const request = content['application/json'];
  const errors = Object.entries<Json>(operation.responses).filter(([status]) => status !== '200');
  return `<article id="${escapeHtml(operation.operationId)}"><h3>${escapeHtml(operation.summary)}</h3>
<p><code><span class="method">${method}</span> ${escapeHtml(path)}</code> <span class="quiet">${authText(operation)}</span></p>
${operation.description ? `<p>${prose(operation.description)}</p>` : ''}
${operation.parameters ? `<h4>Parameters</h4>${fieldTable(operation.parameters.map((p: Json) => ({ ...p, name: `${p.name} (${p.in})` })))}` : ''}
${request ? `<h4>Body</h4>${schemaTable(request.schema, document)}${exampleBlock(request.example)}` : ''}
${content['application/octet-stream'] ? '<h4>Body</h4><p>A file.</p>' : ''}
${content['multipart/form-data'] ? '<h4>Body</h4><p>A form (multipart/form-data) with files in the field <code>file</code>.</p>' : ''}
${operation.responses[200] ? `<h4>Answer</h4>${ok ? `${ok.schema.anyOf ? `<p>${prose(operation.responses[200].description)}</p>` : ''}${schemaTable(success.properties?.data ?? success, document)}${exampleBlock(ok.example)}` : '<p>A file.</p>'}` : ''}
${errors.length > 0 ? `<h4>Errors</h4><table>${errors.map(([status, { description }]) => `<tr><td>${status}</td><td>${prose(description)}</td></tr>`).join('')}</table>` : ''}
</article>`;
}

function authText(operation: Json): string {
  const schemes = operation.security.map((alternative: Json) => Object.keys(alternative).join(' + '));
  return schemes.length === 0 ? 'no authentication' : `needs ${escapeHtml(schemes.join(', or '))}`;
}

function schemaTable(schema: Json, document: Json): string {
  const resolved = resolve(schema, document);
  if (resolved.anyOf) {
    return `<p>${prose(resolved.description ?? '')}</p>${resolved.anyOf.map((one: Json) => schemaTable(one, document)).join('<p>or</p>')}`;
  }
  if (!resolved.properties) return `<p><code>${escapeHtml(typeText(schema))}</code></p>`;
  return fieldTable(
    Object.entries<Json>(resolved.properties).map(([name, one]) => ({
      name,
      schema: one,
      required: resolved.required?.includes(name),
      description: one.description,
    })),
  );
}

function fieldTable(fields: Json[]): string {
  const rows = fields.map(
    ({ name, schema, required, description }) =>
      `<tr><td><code>${escapeHtml(name)}</code>${required ? '' : ' <span class="quiet">optional</span>'}</td><td><code>${escapeHtml(typeText(schema))}</code></td><td>${prose(description ?? '')}</td></tr>`,
  );
  return `<table>${rows.join('')}</table>`;
}

/** A schema in a few words. */
function typeText(schema: Json): string {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value: unknown) => JSON.stringify(value)).join(' | ');
  if (schema.type === 'array') return `${typeText(schema.items)}[]`;
  if (schema.type === 'object' && schema.additionalProperties)
    return `{ [key]: ${typeText(schema.additionalProperties)} }`;
  if (schema.type === 'object' && schema.properties) {
    return `{ ${Object.keys(schema.properties).join(', ')} }`;
  }
  const type = schema.type === undefined ? 'any' : [schema.type].flat().join(' | ');
  const range = [
    schema.minimum !== undefined && `≥ ${schema.minimum}`,
    schema.maximum !== undefined && `≤ ${schema.maximum}`,
    schema.maxLength !== undefined && `≤ ${schema.maxLength} characters`,
    schema.pattern !== undefined && schema.pattern,
    schema.format !== undefined && schema.format,
    schema.default !== undefined && `default ${schema.default}`,
  ].filter(Boolean);
  return range.length > 0 ? `${type} (${range.join(', ')})` : type;
}

function resolve(schema: Json, document: Json): Json {
  return schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema;
}

function exampleBlock(example: unknown): string {
  return example === undefined ? '' : `<pre>${escapeHtml(JSON.stringify(example, null, 2))}</pre>`;
}

/** Text with `code` in it. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escapeHtml(text: unknown): string {
  return String(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
