package io.penstock.perf.bench.report;

/** How the page around the charts looks, on light and dark screens, wide and narrow, and on paper. */
final class PageStyle {

    private static final String CSS = """
            :root{color-scheme:light dark;--page:#fff;--ink:#1f2328;--quiet:#57606a;--rule:#d5dbe1;--shade:#f5f7f9;--link:#0a58a8;
            --met:#0b6b3a;--missed:#b3261e;--info:#0a58a8;--warning:#9a5b00}
            @media screen and (prefers-color-scheme:dark){:root{--page:#14181d;--ink:#e6e9ed;--quiet:#a3acb6;--rule:#323a43;--shade:#1c2229;--link:#7cbcf5;
            --met:#5fd39a;--missed:#ff8a80;--info:#7cbcf5;--warning:#f0b83a}}
            *{box-sizing:border-box}
            html{-webkit-text-size-adjust:100%}
            body{margin:0;background:var(--page);color:var(--ink);font-size:16px;line-height:1.55;
            font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans","DejaVu Sans",sans-serif}
            .sheet{max-width:54rem;margin:0 auto;padding:2rem 1.25rem 4rem}
            h1{font-size:1.9rem;line-height:1.2;margin:0 0 .3rem}
            h2{font-size:1.4rem;line-height:1.3;margin:2.6rem 0 .6rem;padding-bottom:.2rem;border-bottom:1px solid var(--rule)}
            h3{font-size:1.12rem;margin:2rem 0 .4rem}
            h4{font-size:1rem;margin:1.5rem 0 .3rem}
            p,ul,pre,figure,aside{margin:.8rem 0}
            a{color:var(--link)}
            .subtitle{color:var(--quiet);margin-top:0}
            nav{margin:1.5rem 0;padding:.8rem 1.2rem;background:var(--shade);border-radius:6px}
            nav h2{font-size:1rem;margin:0 0 .3rem;border:0;padding:0}
            nav ul{margin:0;padding-left:1.2rem}
            nav ul{list-style:none}
            nav>ul{padding-left:0}
            code{font:.9em/1.4 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
            :not(pre)>code{background:var(--shade);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
            pre{background:var(--shade);padding:.8rem 1rem;border-radius:6px;overflow-x:auto}
            figure{margin:1.6rem 0}
            figcaption{margin-bottom:.5rem;font-size:.95rem}
            figcaption .note{display:block;color:var(--quiet);font-size:.87rem}
            .scroll{overflow-x:auto}
            .chart{display:block;width:100%;min-width:640px;height:auto}
            table{border-collapse:collapse;font-size:.9rem;line-height:1.4;font-variant-numeric:tabular-nums lining-nums}
            th,td{padding:.3rem .75rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
            th{vertical-align:bottom;border-bottom:2px solid var(--rule)}
            th .unit{display:block;font-weight:normal;color:var(--quiet)}
            .number{text-align:right;white-space:nowrap}
            tbody tr:hover{background:var(--shade)}
            .verdict{white-space:nowrap;font-weight:600;color:var(--quiet)}
            .verdict.met{color:var(--met)}
            .verdict.missed{color:var(--missed)}
            details{margin-top:.4rem;font-size:.9rem}
            summary{cursor:pointer;color:var(--quiet)}
            aside{padding:.6rem 1rem;border-left:4px solid var(--info);background:var(--shade);border-radius:0 6px 6px 0}
            aside.warning{border-color:var(--warning)}
            aside b{color:var(--info)}
            aside.warning b{color:var(--warning)}
            .none{color:var(--quiet);font-style:italic}
            @page{margin:16mm 14mm}
            @media print{
            body{font-size:10.5pt}
            .sheet{max-width:none;padding:0}
            h2,h3,h4,figcaption{break-after:avoid}
            .figure,tr,pre,aside{break-inside:avoid}
            thead{display:table-header-group}
            .scroll,pre{overflow:visible}
            pre{white-space:pre-wrap}
            .chart{min-width:0}
            table{font-size:8.5pt}
            th,td{padding:.2rem .5rem}
            .number{white-space:normal}
            details{display:none}
            a{color:inherit;text-decoration:none}
            nav,pre,aside,:not(pre)>code{background:none;border:1px solid var(--rule)}
            :not(pre)>code{border:0;padding:0}
            }
            """;

    private PageStyle() {
    }

    static String css() {
        return CSS;
    }
}
