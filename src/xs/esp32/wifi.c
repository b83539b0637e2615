/* Wi-Fi beside the SDK's station (modules/io/wifi/esp32): why it was disconnected, power save, and the access point. */

#include <stdint.h>
#include <string.h>

#include "esp_bt.h"
#include "esp_event.h"
#include "esp_netif.h"
#include "esp_wifi.h"

static volatile uint8_t gReason;

static void onDisconnected(void *arg, esp_event_base_t base, int32_t id, void *data)
{
	gReason = ((wifi_event_sta_disconnected_t *)data)->reason;
}

/* Why the station was disconnected (wifi_err_reason_t) since this was called last; 0: it was not. The first call begins
 * to listen; the default event loop must be there, as it is once the SDK's WiFi has been constructed. */
int32_t smartlink_wifi_reason(void)
{
	static uint8_t listening;
	uint8_t reason = gReason;

	if (!listening)
		listening = ESP_OK == esp_event_handler_register(WIFI_EVENT, WIFI_EVENT_STA_DISCONNECTED, onDisconnected, NULL);
	gReason = 0;
	return reason;
}

/* No power save: modem sleep would cost up to 300 ms a command. Beside Bluetooth it has to be, or ESP-IDF aborts. */
void smartlink_wifi_awake(void)
{
	uint8_t bluetooth = ESP_BT_CONTROLLER_STATUS_ENABLED == esp_bt_controller_get_status();

	esp_wifi_set_ps(bluetooth ? WIFI_PS_MIN_MODEM : WIFI_PS_NONE);
}

/* Opens the access point beside the station, on the station's channel where that is connected (elsewhere the driver moves
 * both there once it is). The DHCP server of esp_netif names `address` as router, and as name server unless it is told
 * another (CONFIG_LWIP_DHCPS_ADD_DNS). Returns an esp_err_t. */
int32_t smartlink_ap_start(const char *ssid, const char *password, const char *address, int32_t stations)
{
	static esp_netif_t *netif;
	esp_netif_ip_info_t info = {0};
	wifi_config_t config = {0};
	wifi_ap_record_t joined;
	esp_err_t err;

	if (!netif)
		netif = esp_netif_create_default_wifi_ap();
	if (!netif)
		return ESP_ERR_NO_MEM;
	err = esp_netif_str_to_ip4(address, &info.ip);
	if (ESP_OK != err)
		return err;
	info.gw = info.ip;
	esp_netif_set_ip4_addr(&info.netmask, 255, 255, 255, 0);
	esp_netif_dhcps_stop(netif);
	esp_netif_set_ip_info(netif, &info);
	esp_netif_dhcps_start(netif);

	config.ap.ssid_len = strnlen(ssid, sizeof(config.ap.ssid));
	memcpy(config.ap.ssid, ssid, config.ap.ssid_len);
	memcpy(config.ap.password, password, strnlen(password, sizeof(config.ap.password) - 1));
	config.ap.authmode = WIFI_AUTH_WPA2_PSK;
	config.ap.pairwise_cipher = WIFI_CIPHER_TYPE_CCMP;
	config.ap.channel = (ESP_OK == esp_wifi_sta_get_ap_info(&joined)) ? joined.primary : 1;
	config.ap.max_connection = stations;
	config.ap.beacon_interval = 100;

	/* A configuration is taken only in a mode that has an access point. What the driver would open by itself until the next
	 * line lasts less than a beacon. */
	err = esp_wifi_set_mode(WIFI_MODE_APSTA);
	if (ESP_OK == err)
		err = esp_wifi_set_config(WIFI_IF_AP, &config);
	if (ESP_OK != err)
		esp_wifi_set_mode(WIFI_MODE_STA);
	return err;
}

int32_t smartlink_ap_stations(void)
{
	wifi_sta_list_t list;

	return (ESP_OK == esp_wifi_ap_get_sta_list(&list)) ? list.num : 0;
}

/* Closes the access point; the station goes on. */
void smartlink_ap_stop(void)
{
	esp_wifi_set_mode(WIFI_MODE_STA);
}
