/*
 * The console's line as a port of bytes, in a release build: UART 0 and, where the chip has it, its USB serial port. Both are read,
 * and both are written, as the console's lines are. (A debug build's line is the debugger's.)
 */

#include <stdint.h>
#include <stdio.h>

#include "driver/uart.h"
#include "freertos/FreeRTOS.h"
#include "soc/soc_caps.h"

#if SOC_USB_SERIAL_JTAG_SUPPORTED
/* Its folder is not among the SDK's, nor is what driver/usb_serial_jtag_vfs.h includes. */
#include "esp_driver_usb_serial_jtag/include/driver/usb_serial_jtag.h"
void usb_serial_jtag_vfs_use_driver(void);
#endif

#define PORT UART_NUM_0
#define RECEIVE 1024
/* A frame of Improv has at most 265 bytes. */
#define TRANSMIT 512
#define WAIT_MS 20

/* The pins are those of the boot loader's console; the speed is the console's. Returns an esp_err_t. May be called again:
 * then what nobody has read is dropped. */
int32_t smartlink_serial_open(void)
{
	esp_err_t err = ESP_OK;

	if (uart_is_driver_installed(PORT))
		uart_flush_input(PORT);
	else
		err = uart_driver_install(PORT, RECEIVE, 0, 0, NULL, 0);
#if SOC_USB_SERIAL_JTAG_SUPPORTED
	if (!usb_serial_jtag_is_driver_installed()) {
		usb_serial_jtag_driver_config_t config = { .rx_buffer_size = RECEIVE, .tx_buffer_size = TRANSMIT };

		/* From here on the console's own lines take the same way, so that they keep their order. */
		if (ESP_OK == usb_serial_jtag_driver_install(&config))
			usb_serial_jtag_vfs_use_driver();
	}
#endif
	return err;
}

/* Reads up to `length` bytes that are there; returns how many. */
int32_t smartlink_serial_read(void *into, int32_t length)
{
	int32_t count = 0;

#if SOC_USB_SERIAL_JTAG_SUPPORTED
	count = usb_serial_jtag_read_bytes(into, length, 0);
	if (count > 0)
		return count;
#endif
	count = uart_read_bytes(PORT, into, length, 0);
	return (count > 0) ? count : 0;
}

/* Sends `length` bytes as they are, without the console's line ends; what a USB port takes from nobody is dropped. */
void smartlink_serial_write(void *bytes, int32_t length)
{
	fflush(stdout);
	uart_write_bytes(PORT, bytes, length);
#if SOC_USB_SERIAL_JTAG_SUPPORTED
	if (usb_serial_jtag_is_connected())
		usb_serial_jtag_write_bytes(bytes, length, pdMS_TO_TICKS(WAIT_MS));
#endif
}
