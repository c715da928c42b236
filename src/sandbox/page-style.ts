/** The look of a sandbox's page: one page, light or dark as the reader likes it, and nothing fetched from anywhere. */
export const pageStyle = `
:root{color-scheme:light dark;--line:#8883;--soft:#8881;--accent:light-dark(#0b57d0,#8ab4f8)}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2.2rem 0 .5rem;padding-top:.4rem}
h2 small{font-weight:normal;opacity:.7}
p{margin:.4rem 0}a{color:var(--accent)}
nav{display:flex;flex-wrap:wrap;gap:.4rem;margin:1rem 0}
nav a{padding:.15rem .7rem;border:1px solid var(--line);border-radius:1rem;text-decoration:none}
code,pre{font:13px/1.45 ui-monospace,monospace;overflow-wrap:anywhere}
pre{white-space:pre-wrap;margin:.4rem 0;padding:.6rem .8rem;background:var(--soft);border-radius:.4rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .7rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;white-space:nowrap}td{min-width:5rem}table+table{margin-top:1rem}
.records details{border-bottom:1px solid var(--line)}
.records summary{display:flex;gap:.8rem;padding:.25rem 0;cursor:pointer;white-space:nowrap}
.records summary .glimpse{flex:1;overflow:hidden;text-overflow:ellipsis;opacity:.75}
.records time{opacity:.75;font-variant-numeric:tabular-nums}
.gone summary code{text-decoration:line-through}.gone{opacity:.6}
.none{padding:.5rem .8rem;background:var(--soft);border-radius:.4rem}
`;
