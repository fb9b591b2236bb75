/** How the control thread's changes reach the workers, and how it knows that they have. Hot: workers poll it. */
package io.penstock.dataplane.hot.publish;
