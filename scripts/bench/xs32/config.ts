import image from 'bench-image';
import { argument } from 'lin-native';

/** `mc/config` of the bench's program: the product and the certificates are in the image, as on a chip; the address is the first argument. */
export default Object.freeze({
  get product(): unknown {
    return image.product;
  },
  get settings(): unknown {
    const apiUrl = argument(1) ?? '';
    return {
      environment: { name: 'dev', apiUrl, ...(apiUrl.startsWith('https') && { anchors: image.anchors }) },
      wifi: { ssid: 'any' },
      updateKeys: image.updateKeys,
    };
  },
  get buildTimeMs(): unknown {
    return image.buildTimeMs;
  },
});
