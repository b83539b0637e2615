const TITLES = { en: 'Install SmartLink', 'zh-CN': '安装 SmartLink' };

const language = document.getElementById('language');
const install = document.getElementById('install');

function speak(tag) {
  const isEnglish = tag === 'en';
  document.documentElement.lang = tag;
  document.title = TITLES[tag];
  language.lang = isEnglish ? 'zh-CN' : 'en';
  language.textContent = isEnglish ? '中文' : 'English';
}

language.hidden = false;
language.onclick = () => speak(language.lang);
speak(navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en');

// Browsers run no modules of a page that was opened as a file, so the button of ESP Web Tools is not there.
document.getElementById('not-served').hidden = location.protocol !== 'file:';
install.hidden = location.protocol === 'file:';

// For a board that has this very version, ESP Web Tools would offer nothing but to erase it whole, the secret of its label included.
install.overrides = {
  checkSameFirmware: ({ version }, board) =>
    board.firmware === 'SmartLink' && board.name === install.dataset.name && board.version !== version,
};
