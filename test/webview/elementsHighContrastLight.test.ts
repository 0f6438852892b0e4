import { describeElementsIn } from './elements.ts';

describeElementsIn('highContrastLight');
