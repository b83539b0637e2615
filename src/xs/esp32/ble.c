/* What the SDK's GATT server (modules/io/ble/server/esp32) does not bear, kept from it. */

#include <stdint.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "host/ble_hs.h"
#include "os/os_mbuf.h"

/* The most that the stack waits for XS, ms. */
#define PATIENCE_MS 1000

static volatile uint8_t gKnown;
static struct ble_gap_event_listener gListener;

/*
 * Runs in the stack's task, ahead of the SDK's own. There the MTU that a central asks for, often its first word, is written into
 * a record that XS makes when it hears of the connection: a moment later, and until then at address 0.
 */
static int onGap(struct ble_gap_event *event, void *arg)
{
	if (BLE_GAP_EVENT_CONNECT == event->type)
		gKnown = 0;
	else if (BLE_GAP_EVENT_MTU == event->type) {
		for (int32_t waited = 0; !gKnown && (waited < PATIENCE_MS); waited += portTICK_PERIOD_MS)
			vTaskDelay(1);
	}
	return 0;
}

/* To be called whenever the stack has come up. */
void smartlink_ble_guard(void)
{
	ble_gap_event_listener_register(&gListener, onGap, NULL);
}

/* XS has heard of the connection. */
void smartlink_ble_known(void)
{
	gKnown = 1;
}

/* Blocks of the stack's buffers that are free. */
int32_t smartlink_ble_room(void)
{
	return os_msys_num_free();
}

static int remember(uint16_t connection, void *arg)
{
	*(uint16_t *)arg = connection;
	return 0;
}

/* Sends the one central away; the SDK hears of its end as of any other. */
void smartlink_ble_disconnect(void)
{
	uint16_t connection = BLE_HS_CONN_HANDLE_NONE;

	ble_gap_conn_foreach_handle(remember, &connection);
	if (BLE_HS_CONN_HANDLE_NONE != connection)
		ble_gap_terminate(connection, BLE_ERR_REM_USER_CONN_TERM);
}
